const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "20s", "5ms", "1h30m" in milliseconds. The text has passed its schema; anything else is a defect of the caller. */
export function durationMs(text: string): number {
  let sum = 0;
  let end = 0;
  for (const [whole, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/gy)) {
    sum += Number(count) * (unitMs[unit as string] as number);
    end += whole.length;
  }
  if (end === 0 || end !== text.length) throw new RangeError(`"${text}" is no duration`);
  return sum;
}
