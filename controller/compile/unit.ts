import {
  type Artifact,
  type EngineName,
  type HostId,
  type Metadata,
  type Unit,
  type UnitId,
  unitDigest,
} from "../../schemas/mod.ts";

/** A unit with the digest of its content. */
export function makeUnit(id: UnitId, engine: EngineName, spec: unknown, artifacts: Artifact[] = []): Unit {
  return { id, engine, digest: unitDigest({ id, engine, spec, artifacts }), spec, artifacts };
}

export const hostIdOf = ({ metadata }: { metadata: Metadata }): HostId =>
  `${metadata.namespace}/${metadata.name}`;

/** The object that a unit was made from. */
export const objectRefOfUnit = (id: UnitId): string => id.split("/", 3).join("/");
