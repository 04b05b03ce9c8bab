import { type DesiredUnit, type HostId, type Problem, problem } from "../schemas/mod.ts";
import { Compiler } from "./compile/compiler.ts";
import type { Fleet } from "./fleet.ts";
import type { Deliveries } from "./inverse/deliveries.ts";
import type { DesiredObjects, ObjectInForce, ObjectRef } from "./objects.ts";
import { judgeRotation } from "./rotation/judge-rotation.ts";
import type { Rotations } from "./rotation/rotations.ts";
import type { Failure } from "./security/distrust.ts";
import type { InstanceKeys } from "./security/instance-keys.ts";
import type { Trust } from "./security/trust.ts";
import type { ObjectFacts, StatusBoard } from "./status/status-board.ts";

/**
 * What ought to be: the objects in force and their units, handed on to the fleet and the status board as they change.
 * Until it was first told, nothing is known of what ought to be, and nothing may be taken away from any host.
 */
export class DesiredFleet {
  readonly compiler: Compiler;
  readonly #allowEmpty: boolean;
  readonly #rotations: () => Rotations;
  readonly #trust: () => Trust;
  readonly #deliveries: () => Deliveries;
  #desired: DesiredObjects | undefined;
  #problems = new Map<ObjectRef, Problem[]>();

  constructor(options: {
    allowEmpty: boolean;
    rotations(): Rotations;
    deliveries(): Deliveries;
    trust(): Trust;
    instances: InstanceKeys;
  }) {
    this.compiler = new Compiler({ instance: (of) => options.instances.artifact(of) });
    this.#trust = options.trust;
    this.#deliveries = options.deliveries;
    this.#allowEmpty = options.allowEmpty;
    this.#rotations = options.rotations;
  }

  get objects(): DesiredObjects | undefined {
    return this.#desired;
  }

  /**
   * Whether what ought to be may be carried out. That nothing ought to be is no order to take everything away: an empty
   * source is more often a wrong path, branch or credential than a wish, and hosts may yet report what they have.
   */
  get mayAct(): boolean {
    return this.#desired !== undefined && (this.#desired.objects.size > 0 || this.#allowEmpty);
  }

  /** Why a newer state of the source must not be taken in at all: it is empty where there was something. */
  refusalOf(desired: DesiredObjects, before: { fleet: Fleet; inForce: number }): Problem | undefined {
    if (desired.objects.size > 0 || this.#allowEmpty) return undefined;
    const units = countUnits(before.fleet);
    if (units === 0 && before.inForce === 0) return undefined;
    return problem("source.emptied", { revision: desired.revision, objects: before.inForce, units });
  }

  /** Takes in a newer state of the source. */
  update(desired: DesiredObjects, fleet: Fleet, board: StatusBoard): void {
    const before = new Set(this.#problems.keys());
    this.#desired = desired;
    this.#problems = byObject(desired.problems);
    const change = this.compiler.update(desired.objects);
    for (const object of change.objects) {
      const concerned = this.#deliveries().update(object, this.compiler.placementsOf(object));
      for (const host of concerned) change.hosts.add(host);
    }
    for (const host of this.#rotations().update(desired.objects)) this.shape(host, fleet);
    for (const host of change.hosts) fleet.setDesired(host, this.#unitsOf(host));
    for (const object of change.objects) board.touch(object, { isNewVersion: true });
    for (const object of [...before, ...this.#problems.keys()]) board.touch(object, { isNewVersion: false });
  }

  /** Has a host brought to what rotations, challenges and deliveries make of it, when that is something else than before. */
  shape(host: HostId, fleet: Fleet): void {
    const before = fleet.host(host)?.desired ?? [];
    const units = this.#unitsOf(host);
    if (!isSame(before, units)) fleet.setDesired(host, units);
  }

  #unitsOf(host: HostId): DesiredUnit[] {
    const units = this.#rotations().shape(host, this.compiler.unitsOf(host));
    const trusted = units.filter(({ unit }) => !this.#trust().problemOf(host, unit));
    return this.#deliveries().shape(host, trusted);
  }

  /** Whether this version of a unit is still what its object asks for on the host. */
  asksFor({ host, unit, digest }: Pick<Failure, "host" | "unit" | "digest">): boolean {
    return this.compiler
      .unitsOf(host)
      .some((wanted) => wanted.unit.id === unit && wanted.unit.digest === digest);
  }

  get(object: ObjectRef): ObjectInForce | undefined {
    return this.#desired?.objects.get(object);
  }

  /** Objects whose newest version is not in force. */
  get invalidObjects(): number {
    return this.#problems.size;
  }

  /** Undefined for what has no status: objects that are gone, and checks, which the lab alone reads. */
  factsOf(object: ObjectRef): ObjectFacts | undefined {
    if (object.startsWith("Check/")) return undefined;
    const inForce = this.get(object);
    const problems = this.#problems.get(object) ?? [];
    if (!inForce) {
      return problems.length > 0 ? { problems, placements: [] } : undefined;
    }
    const uncompiled = this.compiler.problemOf(object);
    const facts: ObjectFacts = {
      revision: inForce.revision,
      problems: uncompiled ? [...problems, uncompiled] : problems,
      placements: this.#rotations().shapePlacements(object, this.compiler.placementsOf(object)),
      distrustOf: ({ on, desired }) => this.#trust().problemOf(on, desired.unit),
    };
    const rotation = this.#rotations().get(object);
    if (rotation) facts.own = judgeRotation(rotation);
    const { kind, metadata, spec } = inForce.object;
    if (kind === "Host" && spec.daemon) {
      facts.daemonOf = { host: `${metadata.namespace}/${metadata.name}`, maySleep: spec.sleep !== undefined };
    }
    return facts;
  }
}

function isSame(before: readonly DesiredUnit[], after: readonly DesiredUnit[]): boolean {
  return (
    before.length === after.length &&
    after.every(({ unit, priority, state }, at) => {
      const other = before[at];
      return other?.unit === unit && other.priority === priority && other.state === state;
    })
  );
}

function countUnits(fleet: Fleet): number {
  let units = 0;
  for (const { desired, report } of fleet.hosts())
    units += Math.max(desired.length, report?.units.length ?? 0);
  return units;
}

function byObject(problems: readonly Problem[]): Map<ObjectRef, Problem[]> {
  const found = new Map<ObjectRef, Problem[]>();
  for (const each of problems) {
    if (each.object) found.set(each.object, [...(found.get(each.object) ?? []), each]);
  }
  return found;
}
