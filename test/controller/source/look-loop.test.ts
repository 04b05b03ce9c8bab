import { test } from "uvu";
import * as assert from "uvu/assert";
import { LookLoop, nextLookMs } from "../../../controller/source/look-loop.ts";
import { until } from "../until.ts";

test("the clock looks again after the interval, and after failures ever more rarely", () => {
  assert.is(nextLookMs(0, 30_000, 0.5), 30_000);
  assert.is(nextLookMs(0, 30_000, 0), 27_000);
  assert.is(nextLookMs(0, 30_000, 1), 33_000);
  const late = [1, 2, 3, 7, 100].map((failures) => nextLookMs(failures, 30_000, 1));
  assert.equal(late, [1_000, 2_000, 4_000, 60_000, 60_000]);
  assert.is(nextLookMs(1, 30_000, 0), 500);
});

test("looks never overlap, and calls made during one share the next", async () => {
  let running = 0;
  let looks = 0;
  const release: (() => void)[] = [];
  const loop = new LookLoop(
    async () => {
      running++;
      looks++;
      assert.is(running, 1);
      await new Promise<void>((resolve) => release.push(resolve));
      running--;
      return "done";
    },
    { intervalMs: 3_600_000 },
  );
  const first = loop.now();
  await until("the first look", () => looks === 1);
  const later = [loop.now(), loop.now(), loop.now()];
  assert.is(later[0], later[2]);
  release.shift()?.();
  await first;
  await until("the second look", () => looks === 2);
  release.shift()?.();
  await Promise.all(later);
  assert.is(looks, 2);
  await loop.close();
});

test("after a failure the loop looks by itself, and after its end no more", async () => {
  let looks = 0;
  const loop = new LookLoop(async () => (++looks < 2 ? "failed" : "done"), {
    intervalMs: 3_600_000,
    random: () => 0,
  });
  await loop.now();
  await until("the retry", () => looks === 2);
  await loop.close();
  await loop.now();
  loop.soon(0);
  assert.is(looks, 2);
});

test.run();
