import { test } from "uvu";
import * as assert from "uvu/assert";
import { age, duration } from "../../../cli/client/age.ts";
import { Table, table } from "../../../cli/client/table.ts";

test("columns are as wide as their widest cell, colours not counted, and lines end without spaces", () => {
  assert.is(
    table(
      ["A", "LONGER", "C"],
      [
        ["\u001b[31mred\u001b[39m", "x", "1"],
        ["b", "y", ""],
      ],
    ),
    "A     LONGER   C\n\u001b[31mred\u001b[39m   x        1\nb     y\n",
  );
});

test("rows that come later stay aligned with those before", () => {
  const lines = new Table(["A", "B"]);
  assert.equal(lines.rows([["wide cell", "1"]]), ["wide cell   1"]);
  assert.equal(lines.rows([["x", "2"]]), ["x           2"]);
});

test("ages are told in the two largest units while the first is small", () => {
  const cases: [number, string][] = [
    [0, "0s"],
    [999, "0s"],
    [59_000, "59s"],
    [60_000, "1m"],
    [185_000, "3m5s"],
    [600_000, "10m"],
    [7_500_000, "2h5m"],
    [86_400_000 * 4, "4d"],
    [86_400_000 * 12 + 3_600_000, "12d"],
  ];
  for (const [ms, text] of cases) assert.is(duration(ms), text);
});

test("what has no time, or one to come, has an age all the same", () => {
  assert.is(age(undefined), "-");
  assert.is(age("never"), "-");
  assert.is(age("2026-01-01T00:00:10Z", Date.parse("2026-01-01T00:00:00Z")), "0s");
});

test.run();
