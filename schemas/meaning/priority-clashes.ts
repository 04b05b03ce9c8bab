import type { Customization, Tap } from "../generated/objects.ts";
import { namePatternsOverlap } from "../name-pattern.ts";
import type { ParsedObject } from "../parse/parsed-object.ts";
import { isSameAddress } from "../prefix.ts";
import { problem } from "../problem.ts";
import type { Fleet } from "./fleet.ts";
import { type Clash, firstClashes, groupsOf, hostsOf, told } from "./host-claims.ts";

/** A customization at one of the priorities that it has, or a rotation may give it. */
interface Standing {
  object: ParsedObject<Customization>;
  priority: number;
  rotation: string | undefined;
}

/**
 * Two customizations of one priority on one flow would have no order (layer-4.5 §5.1: the list is sorted by it). Among the
 * members of one rotation, the rotation sees to that; to others, a member stands at any priority that the rotation may give it.
 */
export function* findPriorityClashes(fleet: Fleet): Iterable<Clash> {
  const toldOf = new Set<string>();
  const placeOf = ({ object: { object }, priority }: Standing) => `${object.metadata.namespace} ${priority}`;
  for (const group of groupsOf(standings(fleet), placeOf)) {
    const claims = group.flatMap((standing) =>
      standing.object.object.spec.ends.map(({ hosts, tap }) => ({
        ...standing,
        tap,
        hosts: hostsOf(hosts, standing.object, fleet),
      })),
    );
    const clashes = firstClashes(
      claims,
      (a, b) => (a.rotation === undefined || a.rotation !== b.rotation) && tapsOverlap(a.tap, b.tap),
    );
    for (const { pair, host } of clashes) {
      const key = pair
        .map(({ object }) => object.ref)
        .sort()
        .join(" ");
      if (toldOf.has(key)) continue;
      toldOf.add(key);
      yield* told(pair, ["spec", "priority"], ({ priority }, other) =>
        problem("meaning.priority-clash", { host, priority, other: other.object.ref }),
      );
    }
  }
}

/** The member in front has the lowest priority of them all, the others their own or the next (`controller/rotation/unit-life.ts`). */
function* standings(fleet: Fleet): Iterable<Standing> {
  const rotations = rotationsOf(fleet);
  for (const object of fleet.ofKind("Customization")) {
    const own = object.object.spec.priority;
    const rotation = rotations.get(object.ref);
    const first = rotation?.first ?? own;
    const priorities = rotation ? [first, Math.max(first + 1, own)] : [own];
    for (const priority of priorities) yield { object, priority, rotation: rotation?.ref };
  }
}

/** By customization, the rotation that moves it, and the lowest priority of that one's members. */
function rotationsOf(fleet: Fleet): Map<string, { ref: string; first: number }> {
  const found = new Map<string, { ref: string; first: number }>();
  for (const { ref, object } of fleet.ofKind("CustomizationRotation")) {
    const { namespace } = object.metadata;
    const members = object.spec.through.map((name) => ({
      ref: `Customization/${namespace}/${name}`,
      priority: fleet.get("Customization", { name, namespace })?.spec.priority,
    }));
    const first = Math.min(...members.flatMap(({ priority }) => priority ?? []));
    for (const member of members) found.set(member.ref, { ref, first });
  }
  return found;
}

/** Whether one socket can match both: no part that both give differs. */
function tapsOverlap(a: Tap, b: Tap): boolean {
  const parts = (tap: Tap): unknown[] => [tap.protocol, tap.local?.port, tap.remote?.port];
  const names = (tap: Tap): string[] => [tap.application?.task ?? "*", tap.application?.group ?? "*"];
  const [theirs, theirNames] = [parts(b), names(b)];
  return (
    parts(a).every((part, index) => {
      const other = theirs[index];
      return part === undefined || other === undefined || part === other;
    }) &&
    mayBeOne(a.local?.address, b.local?.address) &&
    mayBeOne(a.remote?.address, b.remote?.address) &&
    names(a).every((name, index) => namePatternsOverlap(name, theirNames[index] as string))
  );
}

const mayBeOne = (a: string | undefined, b: string | undefined): boolean =>
  a === undefined || b === undefined || isSameAddress(a, b);
