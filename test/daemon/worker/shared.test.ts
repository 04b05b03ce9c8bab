import { test } from "uvu";
import * as assert from "uvu/assert";
import { SharedState } from "../../../daemon/worker/shared.ts";

const state = new SharedState();
/** The other thread's view of the same memory. */
const other = new SharedState(state.buffer);

test("a guest is seen from the other thread while it is inside", () => {
  const gate = state.gate(7, 4.2);
  assert.is(other.guest(), undefined);
  gate.enter();
  const first = other.guest();
  assert.equal(first, { ordinal: 7, entered: 1, limitMs: 5 });
  gate.leave();
  assert.is(other.guest(), undefined);
  gate.enter();
  assert.is(other.guest()?.entered, 2);
  gate.leave();
});

test("an announcement is taken once", () => {
  assert.not.ok(other.takeControl());
  state.announceControl();
  state.announceControl();
  assert.ok(other.takeControl());
  assert.not.ok(other.takeControl());
});

test("waiting for a secret ends when one is announced, or not in time", () => {
  assert.not.ok(state.awaitSecret(1));
  other.announceSecret();
  assert.ok(state.awaitSecret(1));
  assert.not.ok(state.awaitSecret(1));
});

test("what is held is known until it is released", () => {
  const mapping = { kind: "mapping", address: 0x7f00_0000_1000n, bytes: 4096 } as const;
  state.hold({ kind: "descriptor", fd: 0 });
  state.hold(mapping);
  state.hold({ kind: "descriptor", fd: 9 });
  assert.equal(other.holdings(), [{ kind: "descriptor", fd: 0 }, mapping, { kind: "descriptor", fd: 9 }]);
  state.release(mapping);
  state.release({ kind: "descriptor", fd: 0 });
  assert.equal(other.holdings(), [{ kind: "descriptor", fd: 9 }]);
  state.hold(mapping);
  assert.is(other.holdings().length, 2);
});

test("holding too much, or releasing what is not held, is a defect", () => {
  const full = new SharedState();
  assert.throws(() => full.release({ kind: "descriptor", fd: 3 }));
  assert.throws(() => {
    for (let fd = 0; fd < 5_000; fd++) full.hold({ kind: "descriptor", fd });
  });
});

test.run();
