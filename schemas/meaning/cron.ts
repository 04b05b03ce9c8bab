/** Minute, hour, day of month, month, day of week (0 and 7 are Sunday), as in crontab(5). */
const fields = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day of month", min: 1, max: 31 },
  { name: "month", min: 1, max: 12 },
  { name: "day of week", min: 0, max: 7 },
] as const;

/** The values that each of the five fields admits, in the order above. */
export type Cron = readonly ReadonlySet<number>[];

/** Reads a cron expression of five fields of numbers with `*`, lists, ranges and steps; a string says what is wrong. */
export function parseCron(text: string): Cron | string {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields.length) return `it has ${parts.length} fields, not ${fields.length}`;
  const cron: ReadonlySet<number>[] = [];
  for (const [index, field] of fields.entries()) {
    const values = new Set<number>();
    for (const item of (parts[index] as string).split(",")) {
      const range = parseRange(item, field);
      if (range === undefined) return `"${item}" is no ${field.name} (${field.min}-${field.max})`;
      for (let value = range.first; value <= range.last; value += range.step) values.add(value);
    }
    cron.push(values);
  }
  return cron;
}

function parseRange(
  item: string,
  { min, max }: { min: number; max: number },
): { first: number; last: number; step: number } | undefined {
  const found = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(item);
  if (found === null) return undefined;
  const first = found[1] === undefined ? min : Number(found[1]);
  const open = found[1] === undefined || (found[2] === undefined && found[3] !== undefined);
  const last = found[2] !== undefined ? Number(found[2]) : open ? max : first;
  const step = found[3] === undefined ? 1 : Number(found[3]);
  return first < min || last > max || first > last || step === 0 ? undefined : { first, last, step };
}
