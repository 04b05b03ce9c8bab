import { test } from "uvu";
import * as assert from "uvu/assert";
import { DelayQueue, heldMax } from "../../../../daemon/layer45/udp/delay-queue.ts";

const ids = (queue: DelayQueue, nowMs: number): number[] => queue.take(nowMs).map(({ id }) => id);
const held = (id: number, packet?: Uint8Array) => ({ id, packet });

test("what is held goes on when it is due, the sooner the first", () => {
  const queue = new DelayQueue();
  queue.add("a", held(1), 30);
  queue.add("b", held(2), 10);
  queue.add("c", held(3), 20);
  assert.is(queue.dueMs, 10);
  assert.equal(ids(queue, 9), []);
  assert.equal(ids(queue, 20), [2, 3]);
  assert.is(queue.dueMs, 30);
  assert.equal(ids(queue, Number.POSITIVE_INFINITY), [1]);
  assert.is(queue.dueMs, Number.POSITIVE_INFINITY);
});

test("one side keeps its order, and knows how long it has to", () => {
  const queue = new DelayQueue();
  assert.not(queue.holds("a"));
  queue.add("a", held(1), 30);
  queue.add("a", held(2), 10);
  queue.add("b", held(3), 10);
  assert.ok(queue.holds("a"));
  assert.equal(ids(queue, 10), [3]);
  assert.not(queue.holds("b"));
  assert.equal(ids(queue, 30), [1, 2]);
  assert.not(queue.holds("a"));
});

test("there is room for so many messages and bytes, and again when they are gone", () => {
  const queue = new DelayQueue();
  for (let id = 0; id < heldMax.messages; id += 1) queue.add("a", held(id), 1);
  assert.not(queue.hasRoom(0));
  queue.take(1);
  assert.ok(queue.hasRoom(heldMax.bytes));
  queue.add("a", held(1, new Uint8Array(100)), 1);
  assert.not(queue.hasRoom(heldMax.bytes - 99));
  queue.take(1);
  assert.ok(queue.hasRoom(heldMax.bytes));
});

test.run();
