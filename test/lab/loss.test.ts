import { test } from "uvu";
import * as assert from "uvu/assert";
import { lossOf } from "../../lab/loss.ts";

const drawn = (ratio: number, seed: number, count: number): boolean[] => {
  const lost = lossOf(ratio, seed);
  return Array.from({ length: count }, () => lost());
};
const lostOf = (ratio: number, seed: number, count = 10_000): number =>
  drawn(ratio, seed, count).filter(Boolean).length;

test("about the given share is lost, and none or all at the ends", () => {
  for (const seed of [0, 1, 2 ** 32 - 1]) {
    assert.is(lostOf(0, seed), 0);
    assert.is(lostOf(1, seed), 10_000);
    const tenth = lostOf(0.1, seed);
    assert.ok(tenth > 850 && tenth < 1_150, `${tenth} of 10,000 with seed ${seed}`);
  }
});

test("the same seed loses the same frames, another seed others", () => {
  assert.equal(drawn(0.5, 7, 64), drawn(0.5, 7, 64));
  assert.not.equal(drawn(0.5, 7, 64), drawn(0.5, 8, 64));
});

test.run();
