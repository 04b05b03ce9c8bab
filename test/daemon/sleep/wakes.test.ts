import { test } from "uvu";
import * as assert from "uvu/assert";
import { Wakes, wakeProtocolOf } from "../../../daemon/sleep/wakes.ts";
import { wakesKeptMax } from "../../../schemas/mod.ts";

test("however many peers wake a host from however many addresses, what is kept stays as small", () => {
  const wakes = new Wakes();
  const few = Object.keys(wakes.counters()).length;
  for (let count = 0; count < 10_000; count += 1) {
    wakes.noteCall("Rule/default/syn/nas", {
      protocol: wakeProtocolOf(count % 256),
      peer: `10.0.0.${count % 256}`,
    });
  }
  assert.is(wakes.recent.length, wakesKeptMax);
  assert.ok(Object.keys(wakes.counters()).length <= few + 6);
  assert.is(wakes.counters().wakes_by_rule_total, 10_000);
});

test("wakes are counted by what was seen, by the host itself, and in vain", () => {
  const wakes = new Wakes();
  wakes.noteCall("Rule/default/syn/nas", { protocol: "TCP", peer: "10.0.0.9" });
  wakes.noteCall("Rule/default/poll/nas", { protocol: "timer" });
  wakes.noteFailed();
  wakes.noteItself();
  assert.equal(wakes.counters(), {
    wakes_by_rule_total: 2,
    wakes_by_itself_total: 1,
    wakes_failed_total: 1,
    wakes_tcp_total: 1,
    wakes_timer_total: 1,
  });
  assert.equal(
    wakes.recent.map(({ rule, peer }) => [rule, peer]),
    [
      ["Rule/default/syn/nas", "10.0.0.9"],
      ["Rule/default/poll/nas", undefined],
      [undefined, undefined],
    ],
  );
});

test("what is resumed goes on from where it was", () => {
  const before = new Wakes();
  before.noteCall("Rule/default/syn/nas", { protocol: "UDP", peer: "fd00::9" });
  before.noteItself();
  const after = new Wakes();
  after.resume(before.counters(), before.recent);
  assert.equal(after.counters(), before.counters());
  assert.equal(after.recent, before.recent);
});

test.run();
