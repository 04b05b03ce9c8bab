import { test } from "uvu";
import * as assert from "uvu/assert";
import { lineOf } from "../../bench/figure.ts";

const figure = { bench: "sleep.echo.500", value: 800_000, unit: "packets/s", baseline: 500_000 } as const;

test("a figure is one line of JSON, in the order that is promised", () => {
  assert.is(
    lineOf(figure),
    '{"bench":"sleep.echo.500","value":800000,"unit":"packets/s","baseline":500000,"ratio":1.6}',
  );
});

test("a ratio over one is the better one, whether more or less is better", () => {
  const ratioOf = (changes: object): number => JSON.parse(lineOf({ ...figure, ...changes })).ratio;
  assert.is(ratioOf({ value: 250_000 }), 0.5);
  assert.is(ratioOf({ unit: "ms", value: 2, baseline: 3 }), 1.5);
  assert.is(ratioOf({ unit: "KiB", value: 200, baseline: 100 }), 0.5);
});

test("none where there should be none is as good as the baseline, and one is not", () => {
  const resets = { ...figure, unit: "connections", baseline: 0 } as const;
  assert.is(JSON.parse(lineOf({ ...resets, value: 0 })).ratio, 1);
  assert.is(JSON.parse(lineOf({ ...resets, value: 1 })).ratio, 0);
});

test("one query of 32,000 that was lost is seen", () => {
  assert.match(
    lineOf({ ...figure, unit: "of the queries", value: 31_999 / 32_000, baseline: 1 }),
    "0.999969",
  );
});

test.run();
