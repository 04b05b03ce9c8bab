import type { Customization, CustomizationEnd, Host, Tap, Tunnel } from "../generated/objects.ts";
import type { FieldPath } from "../parse/field-path.ts";
import type { ParsedObject } from "../parse/parsed-object.ts";
import { parsePrefix } from "../prefix.ts";
import { problem } from "../problem.ts";
import { type Fault, fault } from "./fault.ts";
import type { Fleet } from "./fleet.ts";

/** A fault that only two objects together have; it is told of each. */
export interface Clash {
  object: ParsedObject;
  fault: Fault;
}

/** What two objects cannot both have: a name, an address, a MAC, a port, a place among the taps of a flow. */
export function* findClashes(fleet: Fleet): Iterable<Clash> {
  yield* duplicateNames(fleet);
  yield* duplicateAddresses(fleet);
  yield* portClashes(fleet);
  yield* priorityClashes(fleet);
  yield* rotationClashes(fleet);
}

/** Claims on things that only one may have; a second claim gives a pair. */
class Claims<T> {
  readonly #first = new Map<string, T>();
  take(key: string, claim: T): T | undefined {
    const other = this.#first.get(key);
    if (other === undefined) this.#first.set(key, claim);
    return other;
  }
}

function* duplicateNames(fleet: Fleet): Iterable<Clash> {
  const claims = new Claims<ParsedObject>();
  const path = ["metadata", "name"];
  for (const object of fleet.objects) {
    const other = claims.take(object.ref, object);
    if (other === undefined) continue;
    for (const [one, two] of [
      [object, other],
      [other, object],
    ] as const) {
      const { file, line } = two.position(path);
      const data = { other: `${file}:${line}` };
      yield { object: one, fault: fault(path, problem("meaning.duplicate-name", data)) };
    }
  }
}

interface AddressClaim {
  object: ParsedObject<Host>;
  path: FieldPath;
}

/**
 * Within a namespace: hosts of two namespaces may be on networks that do not know each other. Link-local addresses are
 * each link's own.
 */
function* duplicateAddresses(fleet: Fleet): Iterable<Clash> {
  const claims = new Claims<AddressClaim>();
  for (const object of fleet.ofKind("Host")) {
    const { namespace } = object.object.metadata;
    for (const [index, { mac, addresses }] of object.object.spec.interfaces.entries()) {
      const path = ["spec", "interfaces", index];
      const wanted = addresses.map((text, at) => ({ text, path: [...path, "addresses", at] }));
      if (mac !== undefined) wanted.push({ text: mac.toLowerCase(), path: [...path, "mac"] });
      for (const claim of wanted) {
        if (/^fe[89ab].:/i.test(claim.text)) continue;
        const key = `${namespace} ${addressKey(claim.text)}`;
        const other = claims.take(key, { object, path: claim.path });
        if (other === undefined) continue;
        const mine = { object, path: claim.path };
        for (const [one, two] of [
          [mine, other],
          [other, mine],
        ] as const) {
          const data = { address: claim.text, other: two.object.ref };
          yield { object: one.object, fault: fault(one.path, problem("meaning.duplicate-address", data)) };
        }
      }
    }
  }
}

/** Two spellings of one address are one key. */
function addressKey(text: string): string {
  const prefix = parsePrefix(text);
  return prefix === undefined ? text : `${prefix.family} ${prefix.address.toString(16)}`;
}

/** Active or not: an inactive tunnel that could never be activated is no use. */
function* portClashes(fleet: Fleet): Iterable<Clash> {
  const byHostAndPort = new Map<string, ParsedObject<Tunnel>[]>();
  for (const object of fleet.ofKind("Tunnel")) {
    const { metadata, spec } = object.object;
    for (const host of fleet.select(spec.hosts, metadata.namespace)) {
      const key = `${metadata.namespace}/${host.metadata.name}:${spec.listen.port}`;
      const present = byHostAndPort.get(key) ?? [];
      byHostAndPort.set(key, present);
      const other = present.find((tunnel) => listenOverlap(tunnel.object, object.object));
      present.push(object);
      if (other === undefined) continue;
      for (const [one, two] of [
        [object, other],
        [other, object],
      ] as const) {
        const data = { port: spec.listen.port, host: host.metadata.name, other: two.ref };
        yield { object: one, fault: fault(["spec", "listen", "port"], problem("meaning.port-clash", data)) };
      }
    }
  }
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

/** So that thousands of customizations of one priority cost thousands of comparisons each, not all with all. */
const tapsComparedMax = 1_000;

interface TapClaim {
  object: ParsedObject<Customization>;
  end: CustomizationEnd;
}

/** Two customizations of one priority on one flow would have no order (layer-4.5 §5.1: the list is sorted by it). */
function* priorityClashes(fleet: Fleet): Iterable<Clash> {
  const byHostAndPriority = new Map<string, TapClaim[]>();
  const reported = new Set<string>();
  for (const object of fleet.ofKind("Customization")) {
    const { metadata, spec } = object.object;
    for (const end of spec.ends) {
      for (const host of fleet.select(end.hosts, metadata.namespace)) {
        const key = `${metadata.namespace}/${host.metadata.name} ${spec.priority}`;
        const present = byHostAndPriority.get(key) ?? [];
        byHostAndPriority.set(key, present);
        const other = present.find((claim) => claim.object !== object && tapsOverlap(claim.end.tap, end.tap));
        if (present.length < tapsComparedMax) present.push({ object, end });
        if (other === undefined || reported.has(`${object.ref} ${other.object.ref}`)) continue;
        reported.add(`${object.ref} ${other.object.ref}`);
        for (const [one, two] of [
          [object, other.object],
          [other.object, object],
        ] as const) {
          const data = { host: host.metadata.name, priority: spec.priority, other: two.ref };
          yield { object: one, fault: fault(["spec", "priority"], problem("meaning.priority-clash", data)) };
        }
      }
    }
  }
}

/** Whether one socket can match both: no part that both give differs. */
function tapsOverlap(a: Tap, b: Tap): boolean {
  const parts = (tap: Tap): unknown[] => [
    tap.protocol,
    tap.application?.task,
    tap.application?.group,
    tap.local?.address,
    tap.local?.port,
    tap.remote?.address,
    tap.remote?.port,
  ];
  const theirs = parts(b);
  return parts(a).every((part, index) => {
    const other = theirs[index];
    return part === undefined || other === undefined || part === other;
  });
}

/** A customization that two rotations moved would be told two things at once. */
function* rotationClashes(fleet: Fleet): Iterable<Clash> {
  const claims = new Claims<{ object: ParsedObject; index: number }>();
  for (const object of fleet.ofKind("CustomizationRotation")) {
    const { metadata, spec } = object.object;
    for (const [index, name] of spec.through.entries()) {
      const mine = { object, index };
      const other = claims.take(`${metadata.namespace}/${name}`, mine);
      if (other === undefined || other.object === object) continue;
      for (const [one, two] of [
        [mine, other],
        [other, mine],
      ] as const) {
        const data = { customization: name, other: two.object.ref };
        const path = ["spec", "through", one.index];
        yield { object: one.object, fault: fault(path, problem("meaning.rotation-clash", data)) };
      }
    }
  }
}
