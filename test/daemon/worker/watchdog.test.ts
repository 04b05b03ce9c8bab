import { test } from "uvu";
import * as assert from "uvu/assert";
import { isSameCall, type Look, overrunMs } from "../../../daemon/worker/watchdog.ts";

const guest = { ordinal: 1, entered: 5, limitMs: 10 };
const look = (wallMs: number, threadMs?: number): Look => ({ guest, wallMs, threadMs });

test("a guest overruns when its thread's processor time is over its limit and the grace", () => {
  assert.is(overrunMs(look(0, 0), look(31, 29)), undefined);
  assert.is(overrunMs(look(0, 0), look(31, 31)), 31);
});

test("a guest that waits for a processor is not at fault", () => {
  assert.is(overrunMs(look(0, 0), look(5_000, 3)), undefined);
});

test("without processor time the wall clock counts", () => {
  assert.is(overrunMs(look(0), look(31)), 31);
  assert.is(overrunMs(look(0), look(29)), undefined);
});

test("a guest that stands still for very long is at fault all the same", () => {
  assert.is(overrunMs(look(0, 0), look(10_011, 0)), 10_011);
});

test("two looks see the same call when neither the guest nor the count of entries has changed", () => {
  assert.ok(isSameCall(look(0), look(1)));
  assert.not.ok(isSameCall(look(0), { ...look(1), guest: { ...guest, entered: 6 } }));
  assert.not.ok(isSameCall(look(0), { ...look(1), guest: { ...guest, ordinal: 2 } }));
  assert.not.ok(isSameCall(look(0), { ...look(1), guest: undefined }));
  assert.not.ok(isSameCall({ ...look(0), guest: undefined }, look(1)));
});

test.run();
