import type { HostId, UnitId } from "../unit.ts";

/** The unit that tells a proxy whom it stands in for. */
export const sleeperUnitId = (host: HostId): UnitId => `Host/${host}`;

/** A rule that a host subscribed by itself; no object of the source is behind it. */
export const selfUnitId = (host: HostId, number: number): UnitId => `Self/${host}/${number}`;

/** The host whose own rule this is; undefined for every other unit. */
export function hostOfSelfUnit(id: UnitId): HostId | undefined {
  if (!id.startsWith("Self/")) return undefined;
  const [, namespace, name] = id.split("/");
  return `${namespace}/${name}`;
}
