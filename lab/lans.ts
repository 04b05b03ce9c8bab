import type { Prefix } from "../schemas/mod.ts";
import { networkText, overlaps, prefixesOf } from "./prefix.ts";
import type { InterfacePlan } from "./topology.ts";

/** The networks of one LAN. */
export interface NetworkGroup {
  network?: string | undefined;
  prefixes: Prefix[];
}

/** Named networks first, as they are named; the rest joins what it overlaps, and what it has addresses of becomes one. */
export function groupNetworks(interfaces: readonly InterfacePlan[]): NetworkGroup[] {
  const named = interfaces.filter((face) => face.network !== undefined);
  let groups: NetworkGroup[] = [];
  for (const face of [...named, ...interfaces.filter((other) => other.network === undefined)]) {
    const touched = groups.filter((group) => belongs(face, group));
    const [first = { network: face.network, prefixes: [] }, ...others] = touched;
    // Two networks that have names of their own stay two, whatever an interface without a name has addresses of.
    const merged = others.filter((group) => group.network === undefined);
    const prefixes = distinct([
      ...[first, ...merged].flatMap((group) => group.prefixes),
      ...prefixesOf(face.addresses),
    ]);
    const joined = { network: first.network, prefixes };
    groups = (touched.length > 0 ? groups : [...groups, first])
      .filter((group) => !merged.includes(group))
      .map((group) => (group === first ? joined : group));
  }
  return groups;
}

/** Whether an interface is on that LAN. Interfaces with neither name nor address share a LAN of their own. */
export function belongs(face: InterfacePlan, group: NetworkGroup): boolean {
  if (face.network !== undefined) return group.network === face.network;
  const prefixes = prefixesOf(face.addresses);
  if (prefixes.length === 0) return group.network === undefined && group.prefixes.length === 0;
  return group.prefixes.some((a) => prefixes.some((b) => overlaps(a, b)));
}

function distinct(prefixes: readonly Prefix[]): Prefix[] {
  return [...new Map(prefixes.map((prefix) => [networkText(prefix), prefix])).values()];
}
