import type { Host, LabelSelector } from "../generated/objects.ts";
import type { FieldPath } from "../parse/field-path.ts";
import type { ParsedObject } from "../parse/parsed-object.ts";
import type { Problem } from "../problem.ts";
import { type Fault, fault } from "./fault.ts";
import type { Fleet } from "./fleet.ts";

/** A fault that only two objects together have; it is told of each. */
export interface Clash {
  object: ParsedObject;
  fault: Fault;
}

/** So that thousands of claims on one host cost thousands of comparisons each, not all with all. */
const comparedPerHostMax = 1_000;

/** Objects by a key, one group after the other: what is kept for a group is gone with it. */
export function groupsOf<T>(objects: Iterable<T>, keyOf: (object: T) => string): Iterable<T[]> {
  const groups = new Map<string, T[]>();
  for (const object of objects) {
    const key = keyOf(object);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [object]);
    else group.push(object);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** A claim of an object on each of some hosts. */
export interface HostClaim {
  object: ParsedObject;
  hosts: Host[];
}

/** For each object the first other that it clashes with on a host, and which host that is. */
export function* firstClashes<C extends HostClaim>(
  claims: Iterable<C>,
  overlaps: (a: C, b: C) => boolean,
): Iterable<{ pair: [C, C]; host: string }> {
  const byHost = new Map<string, C[]>();
  const told = new Set<ParsedObject>();
  for (const claim of claims) {
    for (const { metadata } of claim.hosts) {
      const present = byHost.get(metadata.name) ?? [];
      byHost.set(metadata.name, present);
      const other = told.has(claim.object)
        ? undefined
        : present.find((one) => one.object !== claim.object && overlaps(one, claim));
      if (present.length < comparedPerHostMax) present.push(claim);
      if (other === undefined) continue;
      told.add(claim.object);
      yield { pair: [claim, other], host: metadata.name };
    }
  }
}

/** Of both, each with the other's name. */
export function* told<C extends HostClaim>(
  [one, two]: [C, C],
  path: FieldPath,
  say: (claim: C, other: C) => Problem,
): Iterable<Clash> {
  yield { object: one.object, fault: fault(path, say(one, two)) };
  yield { object: two.object, fault: fault(path, say(two, one)) };
}

export function hostsOf(selector: LabelSelector, { object }: ParsedObject, fleet: Fleet): Host[] {
  return fleet.select(selector, object.metadata.namespace);
}
