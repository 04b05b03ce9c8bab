import type { FieldPath } from "./field-path.ts";
import { sourceLimits } from "./limits.ts";

/** Why a value that YAML allows cannot be an object's, and which part of it. */
export interface Unfit {
  reason: string;
  path: FieldPath;
}

/**
 * The first part of a value that is nested too deeply, is a member that JavaScript gives a meaning of its own, or holds
 * what JSON cannot. Undefined when there is none.
 */
export function unfitPart(value: unknown, path: FieldPath = []): Unfit | undefined {
  const reason = reasonOf(value, path.length);
  if (reason !== undefined) return { reason, path };
  if (value === null || typeof value !== "object") return undefined;
  for (const [key, member] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === "__proto__") return { reason: `a member is called "__proto__"; no field may be`, path: at };
    const unfit = unfitPart(member, at);
    if (unfit !== undefined) return unfit;
  }
  return undefined;
}

function reasonOf(value: unknown, depth: number): string | undefined {
  if (typeof value === "number") return numberReason(value);
  if (value === null || typeof value !== "object") return undefined;
  if (depth >= sourceLimits.depthMax) return `it is nested more than ${sourceLimits.depthMax} levels deep`;
  if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) return undefined;
  return "it holds a value that is no text, number, boolean, list or mapping (a tag such as !!binary)";
}

function numberReason(value: number): string | undefined {
  if (!Number.isFinite(value)) return `it holds the number ${value}, which JSON does not have`;
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return `it holds the number ${value}, which is too large to be exact; put it in quotes`;
  }
  return undefined;
}
