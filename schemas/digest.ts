import { createHash } from "node:crypto";
import type { Digest, Unit } from "./unit.ts";

/** JSON with object keys in code-point order and undefined members left out (after RFC 8785). */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}

/** Fixes a unit's content: two units with one digest are the same installation. */
export function unitDigest(unit: Omit<Unit, "digest">): Digest {
  const { id, engine, spec, artifacts } = unit;
  return createHash("sha256").update(canonicalJson({ id, engine, spec, artifacts })).digest("hex");
}
