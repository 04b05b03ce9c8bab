/** The units of figures, and whether more of each is better or less. */
const better = {
  "objects/s": "more",
  "packets/s": "more",
  "queries/s": "more",
  "of the requests": "more",
  "of the queries": "more",
  "of the downloads": "more",
  connections: "less",
  s: "less",
  ms: "less",
  us: "less",
  MiB: "less",
  KiB: "less",
} as const;

export interface Figure {
  bench: string;
  value: number;
  unit: keyof typeof better;
  /** What it is compared with, in the same unit. */
  baseline: number;
}

/** Enough to tell one request in some hundred thousand that was lost. */
const digits = 6;

/** A figure as a line of JSON. A ratio over one is always the better one: value over baseline, or the other way round. */
export function lineOf({ bench, value, unit, baseline }: Figure): string {
  const [more, less] = better[unit] === "more" ? [value, baseline] : [baseline, value];
  // Also when there should be none and there is none.
  const ratio = more === less ? 1 : more / less;
  const rounded = (number: number): number => Number(number.toPrecision(digits));
  return JSON.stringify({
    bench,
    value: rounded(value),
    unit,
    baseline: rounded(baseline),
    ratio: rounded(ratio),
  });
}

export function print(figure: Figure): void {
  console.log(lineOf(figure));
}
