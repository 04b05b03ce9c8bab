import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Timers } from "../../../daemon/sleep/timers.ts";

test("timers come out in the order they are due, those removed not at all", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(50), fc.boolean()), { maxLength: 60 }), (wanted) => {
      const timers = new Timers<number>(1_000);
      const made = wanted.map(([dueMs, removed]) => ({ timer: timers.add(dueMs, dueMs)!, removed }));
      for (const { timer, removed } of made) if (removed) timers.remove(timer);
      const out: number[] = [];
      for (let due = timers.takeDue(25); due !== undefined; due = timers.takeDue(25)) out.push(due);
      const kept = wanted
        .filter(([, removed]) => !removed)
        .map(([dueMs]) => dueMs)
        .sort((a, b) => a - b);
      assert.equal(
        out,
        kept.filter((dueMs) => dueMs <= 25),
      );
      assert.is(timers.nextMs, kept.find((dueMs) => dueMs > 25) ?? Number.POSITIVE_INFINITY);
    }),
  );
});

test("there are never more than there may be, and removing twice does no harm", () => {
  const timers = new Timers<string>(2);
  const first = timers.add(1, "a")!;
  timers.add(2, "b");
  assert.is(timers.add(3, "c"), undefined);
  timers.remove(first);
  timers.remove(first);
  assert.is(timers.size, 1);
  assert.is(timers.takeDue(10), "b");
});

test.run();
