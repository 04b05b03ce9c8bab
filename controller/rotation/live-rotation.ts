import type { HostReport } from "../../bus/mod.ts";
import {
  type CustomizationRotation,
  type DesiredUnit,
  type Digest,
  type HostId,
  isInverseUnit,
  type ObservedUnit,
  type UnitId,
} from "../../schemas/mod.ts";
import type { Placement } from "../compile/placement.ts";
import type { HostView } from "../host.ts";
import type { ObjectRef } from "../objects.ts";
import { type Member, type Role, type RotationRecord, roles } from "./rotation-record.ts";
import { type RotationSettings, rotationSettings } from "./rotation-settings.ts";
import type { RotationSight } from "./rotation-sight.ts";
import type { StoredRotation } from "./rotation-store.ts";
import { unitLife } from "./unit-life.ts";

export interface LiveRotationPorts {
  placementsOf(object: ObjectRef): readonly Placement[];
  hostOf(id: HostId): HostView | undefined;
  /** No command to it may still have an effect that its newest report does not show. */
  isCertain(host: HostView): boolean;
}

/** Where the members are to be, as their Customizations say. */
interface Places {
  hosts: Record<Role, HostId[]>;
  sets: Record<Role, Set<HostId>>;
  /** By host, role and member. */
  digests: Map<string, Digest>;
  priorities: Record<Member, number>;
}

/** One rotation in force: what it is made of, and what is decided of it. */
export class LiveRotation {
  readonly ref: ObjectRef;
  readonly namespace: string;
  settings: RotationSettings;
  record: RotationRecord;
  stored: StoredRotation | undefined;
  /** What is decided is being written down; until then nothing else is decided. */
  saving: Promise<unknown> | undefined;
  /** How often in a row that could not be done. */
  failures = 0;
  wake: NodeJS.Timeout | undefined;
  readonly #ports: LiveRotationPorts;
  #places: Places | undefined;

  constructor(
    object: CustomizationRotation,
    known: { record: RotationRecord; stored?: StoredRotation | undefined },
    ports: LiveRotationPorts,
  ) {
    const { namespace, name } = object.metadata;
    this.ref = `CustomizationRotation/${namespace}/${name}`;
    this.namespace = namespace;
    this.settings = rotationSettings(object.spec);
    this.record = known.record;
    this.stored = known.stored;
    this.#ports = ports;
  }

  refOf(member: Member): ObjectRef {
    return `Customization/${this.namespace}/${member}`;
  }

  /** Every host that any member is for. */
  hosts(): ReadonlySet<HostId> {
    const { sender, receiver } = this.#placed().hosts;
    return new Set([...sender, ...receiver]);
  }

  has(host: HostId): boolean {
    const { sender, receiver } = this.#placed().sets;
    return sender.has(host) || receiver.has(host);
  }

  /** Other objects are in force: where its members are to be is found out anew. */
  forgetPlaces(): void {
    this.#places = undefined;
  }

  /** Whether more is to be seen of its hosts before it comes to rest. */
  get isUnsettled(): boolean {
    const { move, stages } = this.record;
    return move !== undefined || Object.values(stages).some(({ at }) => at !== "both");
  }

  /** A unit of a member as it ought to be on one host; undefined when it ought not to be there. */
  shape(host: HostId, desired: DesiredUnit, sight: RotationSight): DesiredUnit | undefined {
    const [member, role] = partsOf(desired.unit.id);
    const context = { settings: this.settings, record: this.record, sight };
    const life = unitLife({ host, role, member }, context);
    return life === "absent" ? undefined : { unit: desired.unit, ...life };
  }

  sight(): RotationSight {
    const { hosts, priorities, digests } = this.#placed();
    return {
      hosts,
      priorities,
      unit: (id, role, member) => {
        const host = this.#ports.hostOf(id);
        if (!host) return { isCertain: false };
        const unit = unitsOf(host.report).get(`${this.refOf(member)}/${role}`);
        const isCertain = this.#ports.isCertain(host);
        if (!unit) return { isCertain };
        const { state, priority, problem, idle: isIdle = false } = unit;
        const isSound = unit.digest === digests.get(`${id} ${role} ${member}`) && !problem;
        return { isCertain, unit: { state, priority, isSound, isIdle } };
      },
    };
  }

  #placed(): Places {
    if (this.#places) return this.#places;
    const sets = { sender: new Set<HostId>(), receiver: new Set<HostId>() };
    const digests = new Map<string, Digest>();
    const priorities: Record<Member, number> = {};
    for (const member of this.settings.through) {
      for (const { on, desired } of this.#placements(member)) {
        const [, role] = partsOf(desired.unit.id);
        sets[role].add(on);
        digests.set(`${on} ${role} ${member}`, desired.unit.digest);
        priorities[member] = desired.priority;
      }
    }
    const hosts = { sender: [...sets.sender].sort(), receiver: [...sets.receiver].sort() };
    this.#places = { sets, hosts, digests, priorities };
    return this.#places;
  }

  #placements(member: Member): readonly Placement[] {
    const placements = this.#ports.placementsOf(this.refOf(member));
    return placements.filter(({ desired }) => !isInverseUnit(desired.unit.id));
  }
}

/** Customization/NAMESPACE/MEMBER/ROLE */
function partsOf(unit: UnitId): [Member, Role] {
  const [, , member = "", role] = unit.split("/");
  return [member, roles.find((each) => each === role) ?? "sender"];
}

const indexed = new WeakMap<HostReport, ReadonlyMap<UnitId, ObservedUnit>>();

/** The units of a report by id, looked through once for each report. */
function unitsOf(report: HostReport | undefined): ReadonlyMap<UnitId, ObservedUnit> {
  if (!report) return new Map();
  const known = indexed.get(report) ?? new Map(report.units.map((unit) => [unit.id, unit]));
  indexed.set(report, known);
  return known;
}
