import type { HostId, UnitState } from "../../schemas/mod.ts";
import type { Member, Role, RotationRecord } from "./rotation-record.ts";
import type { RotationSettings } from "./rotation-settings.ts";
import type { RotationSight, UnitSight } from "./rotation-sight.ts";

/** What a unit ought to be on one host; its Customization's own `priority` and `active` do not count in a rotation. */
export type UnitLife = "absent" | { state: UnitState; priority: number };

/** One unit of a rotation. */
export interface UnitPlace {
  host: HostId;
  role: Role;
  member: Member;
}

export interface LifeContext {
  settings: RotationSettings;
  record: RotationRecord;
  sight: RotationSight;
}

const frontPriorityMax = 65_534;

/** What a member's unit ought to be on one host by what is decided, and seen there. */
export function unitLife({ host, role, member }: UnitPlace, context: LifeContext): UnitLife {
  const { record, settings, sight } = context;
  const present = (state: UnitState): UnitLife => ({ state, priority: priorityOf(role, member, context) });
  const seen = sight.unit(host, role, member);
  const found = seen.unit ? present(seen.unit.state) : "absent";
  const leaving = drain(seen, settings, present("deprecated"));
  const active = present("active");
  switch (record.stages[member]?.at) {
    case undefined:
      return "absent";
    case "found":
      return found;
    case "arriving":
      return role === "receiver" ? active : found;
    case "both":
      return active;
    case "leavingSenders":
      return role === "receiver" ? active : leaving;
    case "late":
      return role === "receiver" ? active : "absent";
    case "leavingReceivers":
      return role === "receiver" ? leaving : "absent";
  }
}

/** Deprecated until it holds nothing any more; what never worked, or is gone, is not brought back for that. */
function drain({ unit }: UnitSight, { retire }: RotationSettings, deprecated: UnitLife): UnitLife {
  if (retire === "revoke" || !unit?.isSound || unit.state === "installed") return "absent";
  return unit.state === "deprecated" && unit.isIdle ? "absent" : deprecated;
}

/** The one in front has the lowest priority of all members; the others have their own, or the next. */
export function priorityOf(role: Role, member: Member, { record, sight }: LifeContext): number {
  const first = Math.min(frontPriorityMax, ...Object.values(sight.priorities));
  return record.front[role] === member ? first : Math.max(first + 1, sight.priorities[member] ?? 0);
}
