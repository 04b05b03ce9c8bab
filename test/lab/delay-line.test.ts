import { test } from "uvu";
import * as assert from "uvu/assert";
import { DelayLine } from "../../lab/delay-line.ts";

const limits = { framesMax: 3, bytesMax: 1_000 };
const frame = (value: number, length = 10): Uint8Array => new Uint8Array(length).fill(value);

test("a frame comes out when its time has come, and not before", () => {
  const line = new DelayLine(20, limits);
  assert.is(line.dueMs, Number.POSITIVE_INFINITY);
  line.push(frame(1), 100);
  line.push(frame(2), 105);
  assert.is(line.dueMs, 120);
  assert.is(line.shift(119.9), undefined);
  assert.is(line.shift(120)?.[0], 1);
  assert.is(line.shift(120), undefined);
  assert.is(line.shift(200)?.[0], 2);
  assert.is(line.shift(200), undefined);
});

test("more frames, or bytes, than it holds are dropped and counted", () => {
  const line = new DelayLine(20, limits);
  for (const value of [1, 2, 3, 4]) line.push(frame(value), 0);
  assert.is(line.dropped, 1);
  while (line.shift(20)) assert.ok(true);
  line.push(frame(5, 990), 30);
  line.push(frame(6, 11), 30);
  assert.is(line.dropped, 2);
  line.push(frame(7, 10), 30);
  assert.equal([line.shift(50)?.[0], line.shift(50)?.[0], line.shift(50)], [5, 7, undefined]);
});

test("many thousands of frames keep their order", () => {
  const line = new DelayLine(1, { framesMax: 100, bytesMax: 10_000 });
  let expected = 0;
  for (let round = 0; round < 10_000; round++) {
    line.push(Uint8Array.of(round & 0xff), round);
    const out = line.shift(round);
    if (out) assert.is(out[0], expected++ & 0xff);
  }
  assert.is(expected, 9_999);
  assert.is(line.dropped, 0);
});

test.run();
