import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseCron } from "../../../schemas/mod.ts";

const values = (text: string): number[][] | string => {
  const cron = parseCron(text);
  return typeof cron === "string" ? cron : cron.map((field) => [...field]);
};

test("fields are numbers, lists, ranges and steps", () => {
  assert.equal(values("5 4 1 2 0"), [[5], [4], [1], [2], [0]]);
  assert.equal(values("0,30 9-11 1-9/4 */6 1-5") as number[][], [
    [0, 30],
    [9, 10, 11],
    [1, 5, 9],
    [1, 7],
    [1, 2, 3, 4, 5],
  ]);
  assert.is((values("* * * * *") as number[][])[0]?.length, 60);
  assert.equal((values("10/20 0 1 1 7") as number[][])[0], [10, 30, 50]);
});

test("what is no cron expression is said to be wrong, and where", () => {
  assert.match(values("* * * *") as string, "4 fields");
  assert.match(values("60 * * * *") as string, '"60" is no minute (0-59)');
  assert.match(values("* * 0 * *") as string, "day of month");
  assert.match(values("* * * jan *") as string, '"jan" is no month');
  assert.match(values("5-1 * * * *") as string, "minute");
  assert.match(values("*/0 * * * *") as string, "minute");
  assert.match(values(", * * * *") as string, "minute");
});

test.run();
