import { InvalidArgumentError, Option } from "commander";

const unitsMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Reads "500ms", "30s", "5m", "1h" as milliseconds. */
export function parseTime(text: string): number {
  const found = /^(\d{1,6})(ms|s|m|h)$/.exec(text);
  if (!found) throw new InvalidArgumentError("It must be a whole number with ms, s, m or h.");
  return Number(found[1]) * (unitsMs[found[2] as string] as number);
}

/** An option that takes a time, in milliseconds for whoever reads it; help shows the default as it would be typed. */
export function timeOption(flags: string, description: string, initially: string): Option {
  return new Option(flags, `${description}: 30s, 5m`)
    .argParser(parseTime)
    .default(parseTime(initially), initially);
}
