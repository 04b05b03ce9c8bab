import type { HostId, UnitState } from "../../schemas/mod.ts";
import type { Member, Role } from "./rotation-record.ts";

/** What is seen of one member's unit on one host. */
export interface UnitSight {
  /**
   * The host is there, its newest report is this, and no command to it, of this controller or of any before, may still
   * have an effect that the report does not show.
   */
  isCertain: boolean;
  /** Undefined: it is not there. */
  unit?: {
    state: UnitState;
    priority: number;
    /** It is of the version in force, and works. */
    isSound: boolean;
    isIdle: boolean;
  };
}

/** What is seen of all the hosts of a rotation. */
export interface RotationSight {
  /** The hosts of each role, in order of their names. */
  hosts: Readonly<Record<Role, readonly HostId[]>>;
  /** Of each member's Customization, the priority that its spec gives it. */
  priorities: Readonly<Record<Member, number>>;
  unit(host: HostId, role: Role, member: Member): UnitSight;
}
