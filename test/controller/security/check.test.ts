import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeChallenge } from "../../../controller/security/challenge.ts";
import {
  type Check,
  type CheckResult,
  judgeOutcome,
  noteAsked,
  noteResult,
  noteSight,
} from "../../../controller/security/check.ts";
import { readInstance } from "../../../controller/security/instance.ts";
import { type Problem, problem } from "../../../schemas/mod.ts";
import { respond } from "./guests.ts";

const times = { challengeDeadlineMs: 1_000 };
const content = new Uint8Array(36).fill(3);
const instance = readInstance(content);

function newCheck(): Check {
  const unit = { id: "Customization/default/dns/sender", digest: "", engine: "layer45" as const };
  const check: Check = {
    host: "default/a",
    unit: { ...unit, spec: {}, artifacts: [] },
    intervalMs: 5_000,
    isSeen: false,
    dueAtMs: 0,
    results: 0,
    passed: 0,
  };
  noteSight(check, true, 0);
  return check;
}

const unanswered: CheckResult = { kind: "unanswered", reason: "silence" };

/** Asks at each of the times, half of the deadline long without an answer; what came of each. */
function silence(check: Check, at: readonly number[]): (string | undefined)[] {
  return at.map((nowMs) => {
    noteAsked(check, nowMs);
    return noteResult(check, unanswered, { nowMs: nowMs + 500, random: 0, times });
  });
}

test("a module that answers is asked again after its interval, or up to a tenth of that sooner", () => {
  for (const [random, dueAtMs] of [
    [0, 5_100],
    [1, 4_600],
  ] as const) {
    const check = newCheck();
    noteAsked(check, 100);
    assert.is(noteResult(check, { kind: "passed" }, { nowMs: 100, random, times }), undefined);
    assert.is(check.dueAtMs, dueAtMs);
    assert.is(check.passed, 1);
    assert.is(check.open, undefined);
  }
});

test("silence is failed when the deadline has passed, counted from the first time it was asked", () => {
  const results = silence(newCheck(), [0, 400, 600]);
  assert.equal(results.slice(0, 2), [undefined, undefined]);
  assert.match(results[2] ?? "", "no answer within 1100 ms (silence)");
});

test("after a jump of the clock a module is asked again before it counts as late", () => {
  assert.equal(silence(newCheck(), [0, 90_000]), [undefined, undefined]);
});

test("silence of a host that went away meanwhile is nobody's failure, and begins anew when it is back", () => {
  const check = newCheck();
  silence(check, [0, 400]);
  noteSight(check, false, 900);
  assert.is(noteResult(check, unanswered, { nowMs: 5_000, random: 0, times }), undefined);
  noteSight(check, true, 6_000);
  assert.is(check.dueAtMs, 6_000);
  assert.equal(silence(check, [6_000, 6_200]), [undefined, undefined]);
});

test("a right answer closes the window that silence had opened", () => {
  const check = newCheck();
  silence(check, [0, 300]);
  noteAsked(check, 850);
  noteResult(check, { kind: "passed" }, { nowMs: 860, random: 0, times });
  assert.equal(silence(check, [6_000, 6_100]), [undefined, undefined]);
});

test("what a daemon says tells a failure from a question that did not reach the module", () => {
  const challenge = makeChallenge(instance);
  const judged = (found: Problem): string =>
    judgeOutcome({ kind: "nack", problem: found }, { instance, challenge }).kind;
  const unit = "u";
  assert.is(judged(problem("unit.faulted", { unit, reason: "it trapped" })), "failed");
  assert.is(judged(problem("unit.unchallengeable", { unit, engine: "layer45" })), "failed");
  assert.is(judged(problem("unit.unknown", { verb: "challenge", unit })), "unanswered");
  assert.is(judged(problem("engine.crashed", { engine: "layer45", reason: "x" })), "unanswered");
  assert.is(judged(problem("command.stale-term", { term: 1, current: 2 })), "unanswered");
  assert.is(judgeOutcome({ kind: "ack" }, { instance, challenge }).kind, "failed");
  const answer = respond(content, challenge.nonce);
  assert.is(judgeOutcome({ kind: "ack", answer }, { instance, challenge }).kind, "passed");
});

test.run();
