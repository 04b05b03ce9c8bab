import {
  type DesiredUnit,
  fail,
  type Host,
  type HostId,
  type LabelSelector,
  type Problem,
  problemOf,
  selectHosts,
  type UnitId,
} from "../../schemas/mod.ts";
import type { ObjectInForce, ObjectRef } from "../objects.ts";
import type { CompileContext, Placement } from "./placement.ts";
import { programKey } from "./programs.ts";
import { compileObject } from "./registry.ts";
import { hostIdOf } from "./unit.ts";

/** What a compilation changed. */
export interface CompileChange {
  hosts: Set<HostId>;
  objects: Set<ObjectRef>;
}

/** With more changed hosts than this, compiling an object anew is cheaper than asking whether it has to be. */
const changedHostsEachMax = 50;

interface Compiled {
  inForce: ObjectInForce;
  placements: Placement[];
  selections: { selector: LabelSelector; hosts: Set<HostId> }[];
  /** Why the newest version could not be compiled; its units are then those of the version before. */
  problem?: Problem;
}

/**
 * Objects to units per host, with a memory: an object is compiled again only when it, or a Host that it selects or has
 * begun to select, has changed. For any sequence of updates the result is that of compiling the last objects alone.
 */
export class Compiler {
  readonly #instance: CompileContext["instance"];
  readonly #compiled = new Map<ObjectRef, Compiled>();
  readonly #units = new Map<HostId, Map<UnitId, DesiredUnit>>();
  readonly #hosts = new HostIndex();

  /** `instance` gives the same for the same. */
  constructor(options: Pick<CompileContext, "instance">) {
    this.#instance = options.instance;
  }

  update(objects: ReadonlyMap<ObjectRef, ObjectInForce>): CompileChange {
    const change: CompileChange = { hosts: new Set(), objects: new Set() };
    const changedHosts = this.#hosts.update(objects);
    for (const [key, before] of this.#compiled) {
      if (objects.has(key)) continue;
      this.#replace(before.placements, [], change);
      this.#compiled.delete(key);
      change.objects.add(key);
    }
    for (const [key, inForce] of objects) {
      const before = this.#compiled.get(key);
      if (before?.inForce.version === inForce.version && !this.#concerns(before, changedHosts)) continue;
      const compiled = this.#compile(inForce, before);
      this.#replace(before?.placements ?? [], compiled.placements, change);
      this.#compiled.set(key, compiled);
      change.objects.add(key);
    }
    return change;
  }

  /** The units one host ought to have. */
  unitsOf(host: HostId): DesiredUnit[] {
    return [...(this.#units.get(host)?.values() ?? [])];
  }

  /** The hosts that ought to have any unit. */
  hosts(): Iterable<HostId> {
    return this.#units.keys();
  }

  placementsOf(object: ObjectRef): readonly Placement[] {
    return this.#compiled.get(object)?.placements ?? [];
  }

  problemOf(object: ObjectRef): Problem | undefined {
    return this.#compiled.get(object)?.problem;
  }

  #compile(inForce: ObjectInForce, before: Compiled | undefined): Compiled {
    const selections: Compiled["selections"] = [];
    const context: CompileContext = {
      select: (selector) => {
        const hosts = this.#hosts.select(selector, inForce.object.metadata.namespace);
        selections.push({ selector, hosts: new Set(hosts.map(hostIdOf)) });
        return hosts;
      },
      artifact: (name, reference) => {
        const key = programKey(reference);
        const program = inForce.programs.get(key) ?? fail("program.missing", { program: key });
        return { name, digest: program.digest, bytes: program.bytes };
      },
      instance: this.#instance,
    };
    try {
      return { inForce, placements: compileObject(inForce.object, context), selections };
    } catch (error) {
      // One object that cannot be compiled leaves its own units as they are, and the others alone.
      return { inForce, placements: before?.placements ?? [], selections, problem: problemOf(error) };
    }
  }

  #concerns({ selections, inForce }: Compiled, changed: ReadonlyMap<HostId, Host | undefined>): boolean {
    if (changed.size > changedHostsEachMax) return true;
    const { namespace } = inForce.object.metadata;
    for (const [id, host] of changed) {
      for (const { selector, hosts } of selections) {
        if (hosts.has(id)) return true;
        if (host && selectHosts(selector, [host], namespace).length > 0) return true;
      }
    }
    return false;
  }

  #replace(before: readonly Placement[], after: readonly Placement[], change: CompileChange): void {
    const kept = new Set<string>();
    for (const { on, desired } of after) {
      const units = this.#units.get(on) ?? new Map<UnitId, DesiredUnit>();
      this.#units.set(on, units);
      kept.add(`${on} ${desired.unit.id}`);
      if (!isSame(units.get(desired.unit.id), desired)) change.hosts.add(on);
      units.set(desired.unit.id, desired);
    }
    for (const { on, desired } of before) {
      if (kept.has(`${on} ${desired.unit.id}`)) continue;
      const units = this.#units.get(on);
      units?.delete(desired.unit.id);
      if (units?.size === 0) this.#units.delete(on);
      change.hosts.add(on);
    }
  }
}

function isSame(before: DesiredUnit | undefined, { unit, priority, state }: DesiredUnit): boolean {
  return before?.unit.digest === unit.digest && before.priority === priority && before.state === state;
}

/** The Hosts, by namespace and name. */
class HostIndex {
  #byNamespace = new Map<string, Map<string, Host>>();
  #versions = new Map<HostId, string>();

  /** Resolves to the Hosts that changed since the last call; undefined for those that are gone. */
  update(objects: ReadonlyMap<ObjectRef, ObjectInForce>): Map<HostId, Host | undefined> {
    const changed = new Map<HostId, Host | undefined>();
    const byNamespace = new Map<string, Map<string, Host>>();
    const versions = new Map<HostId, string>();
    for (const { object, version } of objects.values()) {
      if (object.kind !== "Host") continue;
      const { namespace, name } = object.metadata;
      const hosts = byNamespace.get(namespace) ?? new Map<string, Host>();
      byNamespace.set(namespace, hosts.set(name, object));
      versions.set(hostIdOf(object), version);
      if (this.#versions.get(hostIdOf(object)) !== version) changed.set(hostIdOf(object), object);
    }
    for (const id of this.#versions.keys()) if (!versions.has(id)) changed.set(id, undefined);
    this.#byNamespace = byNamespace;
    this.#versions = versions;
    return changed;
  }

  select(selector: LabelSelector, namespace: string): Host[] {
    const hosts = this.#byNamespace.get(namespace) ?? new Map<string, Host>();
    // Names are looked up rather than searched for: many objects that name one host each must not cost a search each.
    const candidates = selector.matchNames
      ? [...new Set(selector.matchNames)].flatMap((name) => hosts.get(name) ?? [])
      : [...hosts.values()];
    return selectHosts(selector, candidates, namespace).sort((a, b) =>
      a.metadata.name < b.metadata.name ? -1 : 1,
    );
  }
}
