import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CommandOutcome } from "../../bus/mod.ts";
import { backoffMs } from "../../controller/backoff.ts";
import type { PlannedCommand } from "../../controller/diff.ts";
import type { HostView } from "../../controller/host.ts";
import { type BatchOutcome, noteOutcome, type ReplyContext } from "../../controller/reply.ts";
import { defaultTimes } from "../../controller/times.ts";
import { type Problem, problem } from "../../schemas/mod.ts";

const times = { ...defaultTimes, backoffFirstMs: 100, backoffMaxMs: 1_000, reportTimeoutMs: 50 };
const context: ReplyContext = { nowMs: 1_000, times, random: 1, sentTo: "a", term: 1 };
const revoke: PlannedCommand = { verb: "revoke", unit: "Rule/d/r" };
const forNow = problem("bus.unavailable", { reason: "for now" });
const forGood = problem("unit.invalid", { unit: "Rule/d/r", reason: "for good" });
const stale = problem("unit.unknown", { verb: "revoke", unit: "Rule/d/r" });

const capabilities = { kernel: "", netloom: "", interfaces: [], engines: [] };
const report = (boot: string) => ({ host: "d/h", boot, sequence: 1, term: 1, capabilities, units: [] });
const view = (boot = "a"): HostView => ({
  id: "d/h",
  desired: [],
  inFlight: true,
  refusals: new Map(),
  report: report(boot),
});
const ack: CommandOutcome = { kind: "ack" };
const answered = (...outcomes: CommandOutcome[]): BatchOutcome => ({
  kind: "answered",
  shown: { boot: "a", sequence: 2 },
  outcomes,
});
const nack = (found: Problem): CommandOutcome => ({ kind: "nack", problem: found });

test("after an acked batch the report that shows it is waited for, and what failed before is forgotten", () => {
  const host = view();
  host.failure = { count: 3, retryAtMs: 0, problem: forNow };
  noteOutcome(host, [revoke], answered(ack), context);
  assert.equal(host.awaited, { boot: "a", sequence: 2, untilMs: 1_050 });
  assert.not(host.failure);
  assert.is(host.seenAtMs, 1_000);
});

test("no answer is tried again, each time after twice as long, up to a limit", () => {
  const host = view();
  const waits = Array.from({ length: 6 }, () => {
    noteOutcome(host, [revoke], { kind: "unanswered", problem: forNow }, context);
    return host.failure!.retryAtMs - context.nowMs;
  });
  assert.equal(waits, [100, 200, 400, 800, 1_000, 1_000]);
});

test("waits are spread over half of their length", () => {
  assert.is(backoffMs(3, 0, times), 200);
  assert.is(backoffMs(3, 1, times), 400);
  assert.is(backoffMs(10_000, 1, times), 1_000);
});

test("what is refused for now is tried again, what is refused for good is not", () => {
  const now = view();
  noteOutcome(now, [revoke], answered(nack(forNow)), context);
  assert.is(now.failure?.count, 1);
  assert.is(now.refusals.size, 0);
  const good = view();
  noteOutcome(good, [revoke], answered(nack(forGood)), context);
  assert.not(good.failure);
  assert.is(good.refusals.get("Rule/d/r")?.problem, forGood);
});

test("a refusal that only says that we looked at an old state is no refusal", () => {
  const host = view();
  noteOutcome(host, [revoke], answered(nack(stale)), context);
  assert.is(host.refusals.size, 0);
  assert.is(host.failure?.count, 1);
});

test("a batch that was acked and has to be said again is damped", () => {
  const host = view();
  noteOutcome(host, [revoke], answered(ack), context);
  assert.not(host.failure);
  noteOutcome(host, [revoke], answered(ack), context);
  assert.is(host.failure?.problem.code, "unit.undone");
  noteOutcome(host, [{ verb: "revoke", unit: "Rule/d/other" }], answered(ack), context);
  assert.not(host.failure);
});

test("a reply of a daemon that has started anew since is not waited upon", () => {
  const host = view("b");
  noteOutcome(host, [revoke], answered(ack), context);
  assert.not(host.awaited);
});

test.run();
