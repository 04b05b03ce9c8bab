import type { Host } from "../generated/objects.ts";
import type { FieldPath } from "../parse/field-path.ts";
import type { ParsedObject } from "../parse/parsed-object.ts";
import { parsePrefix } from "../prefix.ts";
import { problem } from "../problem.ts";
import { fault } from "./fault.ts";
import type { Fleet } from "./fleet.ts";
import type { Clash } from "./host-claims.ts";
import { findHostClashes } from "./host-clashes.ts";

/** What two objects cannot both have: a name, an address, a MAC, a port, a place among the taps of a flow. */
export function* findClashes(fleet: Fleet): Iterable<Clash> {
  yield* duplicateNames(fleet);
  yield* duplicateAddresses(fleet);
  yield* findHostClashes(fleet);
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
