import { isIP } from "node:net";
import { durationMs } from "../duration.ts";
import type { FieldPath } from "../parse/field-path.ts";
import { fieldText } from "../parse/field-path.ts";
import { parsePrefix } from "../prefix.ts";
import { problem } from "../problem.ts";
import { quantityBytes } from "../quantity.ts";
import { type Fault, fault } from "./fault.ts";

/** A value that a pattern cannot judge. */
export function badValue(path: FieldPath, is: string, must: string): Fault {
  return fault(path, problem("meaning.value", { field: fieldText(path), is, must }));
}

export function* checkAddress(path: FieldPath, text: string | undefined): Iterable<Fault> {
  if (text !== undefined && isIP(text) === 0) {
    yield badValue(path, JSON.stringify(text), "an IPv4 or IPv6 address");
  }
}

export function* checkPrefix(path: FieldPath, text: string | undefined): Iterable<Fault> {
  if (text !== undefined && parsePrefix(text) === undefined) {
    yield badValue(path, JSON.stringify(text), 'an IPv4 or IPv6 prefix, such as "10.0.0.0/8"');
  }
}

/** A duration within bounds, both in milliseconds. */
export function* checkDuration(
  path: FieldPath,
  text: string | undefined,
  bounds: { minMs: number; maxMs: number } = { minMs: 1, maxMs: 366 * 86_400_000 },
): Iterable<Fault> {
  if (text === undefined) return;
  const ms = durationMs(text);
  if (ms < bounds.minMs || ms > bounds.maxMs) {
    yield badValue(path, JSON.stringify(text), `from ${bounds.minMs} ms to ${bounds.maxMs} ms`);
  }
}

/** A quantity within bounds, both in bytes. */
export function* checkQuantity(
  path: FieldPath,
  text: string | undefined,
  bounds: { min: number; max: number },
): Iterable<Fault> {
  if (text === undefined) return;
  const bytes = quantityBytes(text);
  if (bytes < bounds.min || bytes > bounds.max) {
    yield badValue(path, JSON.stringify(text), `from ${bounds.min} to ${bounds.max} bytes`);
  }
}

/** What a guest may be given at most, whatever it is; the least that a module's memory can have is one page. */
export const guestLimits = {
  memoryBytesMin: 2 ** 16,
  memoryBytesMax: 2 ** 30,
  timeMsMax: 60_000,
  configCharsMax: 2 ** 16,
} as const;

export function* checkLimits(path: FieldPath, limits: { memory: string; time: string }): Iterable<Fault> {
  const { memoryBytesMin: min, memoryBytesMax: max, timeMsMax: maxMs } = guestLimits;
  yield* checkQuantity([...path, "memory"], limits.memory, { min, max });
  yield* checkDuration([...path, "time"], limits.time, { minMs: 1, maxMs });
}

export function* checkConfig(path: FieldPath, config: unknown): Iterable<Fault> {
  if (config === undefined) return;
  const chars = JSON.stringify(config).length;
  const max = guestLimits.configCharsMax;
  if (chars > max) yield badValue(path, `${chars} characters as JSON`, `at most ${max}`);
}
