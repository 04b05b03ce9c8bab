import { sourceLimits } from "./limits.ts";

/**
 * Why a value that YAML allows cannot be an object's: it is nested too deeply, has a member that JavaScript gives a
 * meaning of its own, or holds what JSON cannot. Undefined when it can.
 */
export function unfitReason(value: unknown, depth = 0): string | undefined {
  if (typeof value === "number") return unfitNumber(value);
  if (value === null || typeof value !== "object") return undefined;
  if (depth >= sourceLimits.depthMax) return `it is nested more than ${sourceLimits.depthMax} levels deep`;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) {
    return "it holds a value that is no text, number, boolean, list or mapping (a tag such as !!binary)";
  }
  for (const key of Object.keys(value)) {
    if (key === "__proto__") return `a member is called "__proto__"; no field may be`;
    const reason = unfitReason((value as Record<string, unknown>)[key], depth + 1);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function unfitNumber(value: number): string | undefined {
  if (!Number.isFinite(value)) return `it holds the number ${value}, which JSON does not have`;
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return `it holds the number ${value}, which is too large to be exact; put it in quotes`;
  }
  return undefined;
}
