import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type Power,
  type PowerAction,
  type PowerEvent,
  powerTimes,
  stepPower,
} from "../../../daemon/sleep/power.ts";

const awake: Power = { kind: "awake" };
const asleep: Power = { kind: "asleep", sinceMs: 1_000 };
const waking: Power = { kind: "waking", sinceMs: 10_000, asleepSinceMs: 1_000, calledMs: 10_000 };
const { settleMs, callIntervalMs, wakeDeadlineMs } = powerTimes;

const table: [
  from: Power,
  event: PowerEvent,
  nowMs: number,
  to: Power["kind"],
  action: PowerAction | undefined,
][] = [
  [awake, "told-asleep", 5, "asleep", "take-over"],
  [awake, "told-awake", 5, "awake", undefined],
  [awake, "seen", 5, "awake", undefined],
  [awake, "wanted", 5, "awake", undefined],
  [awake, "tick", 5, "awake", undefined],
  [asleep, "told-asleep", 5_000, "asleep", "take-over"],
  [asleep, "told-awake", 1_001, "awake", "give-back"],
  [asleep, "seen", 1_000 + settleMs - 1, "asleep", undefined],
  [asleep, "seen", 1_000 + settleMs, "awake", "give-back"],
  [asleep, "wanted", 1_001, "waking", "call"],
  [asleep, "tick", 1e9, "asleep", undefined],
  [waking, "told-asleep", 10_001, "asleep", "take-over"],
  [waking, "told-awake", 10_001, "awake", "give-back"],
  [waking, "seen", 10_001, "awake", "give-back"],
  [waking, "wanted", 10_000 + callIntervalMs - 1, "waking", undefined],
  [waking, "wanted", 10_000 + callIntervalMs, "waking", "call"],
  [waking, "tick", 10_000 + wakeDeadlineMs - 1, "waking", undefined],
  [waking, "tick", 10_000 + wakeDeadlineMs, "asleep", "give-up"],
];

for (const [from, event, nowMs, to, action] of table) {
  test(`${from.kind}, ${event} at ${nowMs}: ${to}, ${action ?? "nothing to do"}`, () => {
    const step = stepPower(from, event, nowMs);
    assert.is(step.power.kind, to);
    assert.is(step.action, action);
  });
}

test("a host that did not wake counts as asleep since it went to sleep", () => {
  assert.equal(stepPower(waking, "tick", 1e9).power, { kind: "asleep", sinceMs: 1_000 });
});

test.run();
