import { createHash } from "node:crypto";
import {
  engineNames,
  type Problem,
  type Unit,
  type UnitId,
  type UnitState,
  unitDigest,
} from "../../schemas/mod.ts";

export const unitIdBytesMax = 320;
const unitIdPattern = /^[A-Z][A-Za-z0-9]*(\/[A-Za-z0-9][-._A-Za-z0-9]*){2,4}$/;
const fileStemMax = 180;
const unitStates: readonly string[] = ["installed", "active", "deprecated"] satisfies UnitState[];

/** A unit as it is kept: what it was told to be, and whether its program had to be stopped. */
export interface StoredUnit {
  unit: Unit;
  priority: number;
  state: UnitState;
  /** This version of the unit was stopped for this, and is not run again. */
  fault?: Problem;
}

export function isUnitId(id: string): boolean {
  return id.length <= unitIdBytesMax && unitIdPattern.test(id);
}

/**
 * The name of a unit's file: its id with "+" for "/", which no id contains; long ones end in a digest of the id, for a
 * file's name has at most 255 bytes.
 */
export function unitFileName(id: UnitId): string {
  const stem = id.replaceAll("/", "+");
  if (stem.length <= fileStemMax) return `${stem}.json`;
  const digest = createHash("sha256").update(id).digest("hex").slice(0, 32);
  return `${stem.slice(0, fileStemMax)}~${digest}.json`;
}

/** Reads the content of a unit's file; a reason when it is none, or belongs under another name. */
export function readStoredUnit(value: unknown, fileName: string): StoredUnit | string {
  if (!isStoredUnit(value)) return "it holds no unit";
  if (unitFileName(value.unit.id) !== fileName)
    return `it holds ${value.unit.id}, which is not what its name says`;
  if (unitDigest(value.unit) !== value.unit.digest) return "its unit does not match its digest";
  return value;
}

function isStoredUnit(value: unknown): value is StoredUnit {
  if (!isRecord(value) || !isRecord(value.unit)) return false;
  const { unit } = value;
  return (
    typeof unit.id === "string" &&
    isUnitId(unit.id) &&
    (engineNames as readonly unknown[]).includes(unit.engine) &&
    typeof unit.digest === "string" &&
    Array.isArray(unit.artifacts) &&
    typeof value.priority === "number" &&
    typeof value.state === "string" &&
    unitStates.includes(value.state)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
