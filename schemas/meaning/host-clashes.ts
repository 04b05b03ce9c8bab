import type { Tunnel } from "../generated/objects.ts";
import type { ParsedObject } from "../parse/parsed-object.ts";
import { parsePrefix } from "../prefix.ts";
import { problem } from "../problem.ts";
import type { Fleet } from "./fleet.ts";
import { type Clash, firstClashes, groupsOf, hostsOf, told } from "./host-claims.ts";
import { findPriorityClashes } from "./priority-clashes.ts";

/** What two objects cannot both have on one host: a port, a place among the taps of a flow. */
export function* findHostClashes(fleet: Fleet): Iterable<Clash> {
  yield* portClashes(fleet);
  yield* findPriorityClashes(fleet);
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

/** "::" takes the IPv4 addresses too. */
function listenOverlap(a: Tunnel, b: Tunnel): boolean {
  const [first, second] = [parsePrefix(a.spec.listen.address), parsePrefix(b.spec.listen.address)];
  if (first === undefined || second === undefined) return false;
  if (first.family === second.family) {
    return first.address === second.address || first.address === 0n || second.address === 0n;
  }
  return (first.family === 6 ? first : second).address === 0n;
}
