import type { Customization, Host, LabelSelector, Tap, Tunnel } from "../generated/objects.ts";
import { namePatternsOverlap } from "../name-pattern.ts";
import type { FieldPath } from "../parse/field-path.ts";
import type { ParsedObject } from "../parse/parsed-object.ts";
import { parsePrefix } from "../prefix.ts";
import { type Problem, problem } from "../problem.ts";
import { type Fault, fault } from "./fault.ts";
import type { Fleet } from "./fleet.ts";

/** A fault that only two objects together have; it is told of each. */
export interface Clash {
  object: ParsedObject;
  fault: Fault;
}

/** What two objects cannot both have on one host: a port, a place among the taps of a flow. */
export function* findHostClashes(fleet: Fleet): Iterable<Clash> {
  yield* portClashes(fleet);
  yield* priorityClashes(fleet);
}

/** So that thousands of claims on one host cost thousands of comparisons each, not all with all. */
const comparedPerHostMax = 1_000;

/** Objects by a key, one group after the other: what is kept for a group is gone with it. */
function groupsOf<T>(objects: Iterable<T>, keyOf: (object: T) => string): Iterable<T[]> {
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
interface HostClaim {
  object: ParsedObject;
  hosts: Host[];
}

/** For each object the first other that it clashes with on a host, and which host that is. */
function* firstClashes<C extends HostClaim>(
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

/** Active or not: an inactive tunnel that could never be activated is no use. */
function* portClashes(fleet: Fleet): Iterable<Clash> {
  const placeOf = ({ object: { metadata, spec } }: ParsedObject<Tunnel>) =>
    `${metadata.namespace} ${spec.listen.port}`;
  for (const group of groupsOf(fleet.ofKind("Tunnel"), placeOf)) {
    const claims = group.map((object) => ({
      object,
      hosts: hostsOf(object.object.spec.hosts, object, fleet),
    }));
    const clashes = firstClashes(claims, (a, b) => listenOverlap(a.object.object, b.object.object));
    for (const { pair, host } of clashes) {
      yield* told(pair, ["spec", "listen", "port"], ({ object }, other) => {
        const { port } = object.object.spec.listen;
        return problem("meaning.port-clash", { port, host, other: other.object.ref });
      });
    }
  }
}

/** Of both, each with the other's name. */
function* told<C extends HostClaim>(
  [one, two]: [C, C],
  path: FieldPath,
  say: (claim: C, other: C) => Problem,
): Iterable<Clash> {
  yield { object: one.object, fault: fault(path, say(one, two)) };
  yield { object: two.object, fault: fault(path, say(two, one)) };
}

function hostsOf(selector: LabelSelector, { object }: ParsedObject, fleet: Fleet): Host[] {
  return fleet.select(selector, object.metadata.namespace);
}

/** "::" takes the IPv4 addresses too. */
function listenOverlap(a: Tunnel, b: Tunnel): boolean {
  const [first, second] = [parsePrefix(a.spec.listen.address), parsePrefix(b.spec.listen.address)];
  if (first === undefined || second === undefined) return false;
  if (first.family === second.family) {
    return first.address === second.address || first.address === 0n || second.address === 0n;
  }
  return (first.family === 6 ? first : second).address === 0n;
}

/** Two customizations of one priority on one flow would have no order (layer-4.5 §5.1: the list is sorted by it). */
function* priorityClashes(fleet: Fleet): Iterable<Clash> {
  const placeOf = ({ object: { metadata, spec } }: ParsedObject<Customization>) =>
    `${metadata.namespace} ${spec.priority}`;
  for (const group of groupsOf(fleet.ofKind("Customization"), placeOf)) {
    const claims = group.flatMap((object) =>
      object.object.spec.ends.map(({ hosts, tap }) => ({
        object,
        tap,
        hosts: hostsOf(hosts, object, fleet),
      })),
    );
    for (const { pair, host } of firstClashes(claims, (a, b) => tapsOverlap(a.tap, b.tap))) {
      yield* told(pair, ["spec", "priority"], ({ object }, other) => {
        const { priority } = object.object.spec;
        return problem("meaning.priority-clash", { host, priority, other: other.object.ref });
      });
    }
  }
}

/** Whether one socket can match both: no part that both give differs. */
function tapsOverlap(a: Tap, b: Tap): boolean {
  const parts = (tap: Tap): unknown[] => [
    tap.protocol,
    tap.local?.address,
    tap.local?.port,
    tap.remote?.address,
    tap.remote?.port,
  ];
  const names = (tap: Tap): string[] => [tap.application?.task ?? "*", tap.application?.group ?? "*"];
  const [theirs, theirNames] = [parts(b), names(b)];
  return (
    parts(a).every((part, index) => {
      const other = theirs[index];
      return part === undefined || other === undefined || part === other;
    }) && names(a).every((name, index) => namePatternsOverlap(name, theirNames[index] as string))
  );
}
