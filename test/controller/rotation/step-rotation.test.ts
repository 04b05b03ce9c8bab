import { test } from "uvu";
import * as assert from "uvu/assert";
import { rotateTo } from "../../../controller/rotation/choose-target.ts";
import { historyMax, newRecord } from "../../../controller/rotation/rotation-record.ts";
import type { Trigger } from "../../../controller/rotation/rotation-settings.ts";
import { type Cron, parseCron } from "../../../schemas/mod.ts";
import { run, SeenFleet, settingsOf } from "./seen-fleet.ts";

/** A fleet on which "a" is in force. */
function atRest() {
  const fleet = new SeenFleet();
  const { record } = run(fleet, { settings: settingsOf(), record: newRecord(["a", "b"]) });
  return { fleet, record };
}

const onAll = (unit: string): string[] => ["r1", "r2", "s1"].map((host) => `${host} ${unit}`);
const reasonsOf = ({ events }: { events: { reason: string }[] }): string[] =>
  events.map(({ reason }) => reason);

test("the first one is brought to receivers, then to senders", () => {
  const fleet = new SeenFleet();
  const seen: string[][] = [];
  const options = { onStep: () => seen.push(fleet.list()) };
  const step = run(fleet, { settings: settingsOf(), record: newRecord(["a", "b"]) }, options);
  assert.equal(seen.slice(0, 2), [["r1 a active 10", "r2 a active 10"], onAll("a active 10")]);
  assert.is(step.record.current, "a");
  assert.equal(reasonsOf(step), ["RotationStarted", "RotationDone"]);
});

test("a rotation deploys behind, moves receivers, moves senders, then takes the old one off", () => {
  const { fleet, record } = atRest();
  const settings = settingsOf({ current: "b" });
  const seen: string[] = [];
  const onStep = () => seen.push(fleet.list().join(", "));
  const moved = run(fleet, { settings, record }, { onStep });
  assert.equal(seen.slice(0, 4), [
    "r1 a active 10, r1 b active 20, r2 a active 10, r2 b active 20, s1 a active 10",
    "r1 a active 10, r1 b active 20, r2 a active 10, r2 b active 20, s1 a active 10, s1 b active 20",
    "r1 a active 11, r1 b active 10, r2 a active 11, r2 b active 10, s1 a active 10, s1 b active 20",
    "r1 a active 11, r1 b active 10, r2 a active 11, r2 b active 10, s1 a active 11, s1 b active 10",
  ]);
  assert.is(moved.record.current, "b");
  assert.equal(moved.record.stages.a, { at: "late", sinceMs: 0 }, "receivers still read late messages");
  assert.is(moved.wakeAtMs, 30);
  run(fleet, { settings, record: moved.record }, { nowMs: 30 });
  assert.equal(fleet.list(), onAll("b active 10"));
});

test("history tells how long each step took", () => {
  const { fleet, record } = atRest();
  const settings = settingsOf({ current: "b" });
  fleet.away.add("s1");
  const waiting = run(fleet, { settings, record }, { nowMs: 100 });
  assert.equal(waiting.record.move?.tookMs, { deployReceivers: 0 });
  fleet.away.delete("s1");
  const moved = run(fleet, { settings, record: waiting.record }, { nowMs: 107 });
  assert.equal(moved.record.history.at(-1)?.tookMs, {
    deployReceivers: 0,
    deploySenders: 7,
    preferReceivers: 0,
    preferSenders: 0,
  });
});

test("what is kept stays behind on every host", () => {
  const { fleet, record } = atRest();
  const settings = settingsOf({ current: "b", retire: "keep" });
  run(fleet, { settings, record });
  assert.equal(fleet.list(), [...onAll("a active 11"), ...onAll("b active 10")].sort());
});

test("a receiver that is away is waited for until the deadline, then the rest is put back", () => {
  const { fleet, record } = atRest();
  const settings = settingsOf({ current: "b" });
  fleet.away.add("r2");
  const waiting = run(fleet, { settings, record });
  assert.is(waiting.record.move?.to, "b");
  assert.is(waiting.wakeAtMs, 60);
  assert.not.ok(
    fleet.list().some((unit) => unit.startsWith("s1 b")),
    "senders do not have it",
  );
  const failed = run(fleet, { settings, record: waiting.record }, { nowMs: 60 });
  assert.equal(reasonsOf(failed), ["RotationFailed", "RotationStarted", "RotationReverted"]);
  assert.match(failed.record.history.at(-2)?.reason ?? "", /deployReceivers is not seen on r2/);
  assert.is(failed.record.current, "a");
  fleet.away.clear();
  const back = run(fleet, { settings, record: failed.record }, { nowMs: 61 });
  run(fleet, { settings, record: back.record }, { nowMs: 91 });
  assert.equal(
    fleet.list(),
    onAll("a active 10"),
    "and the one that comes back is brought to what is in force",
  );
  assert.not.ok(back.record.move, "the same commit does not start it again");
});

test("a sender that is away with the new one in front keeps it on the receivers until it is back", () => {
  const { fleet, record } = atRest();
  const settings = settingsOf({ current: "b" });
  const forward = run(
    fleet,
    { settings, record },
    { onStep: () => fleet.list().includes("s1 b active 10") && fleet.away.add("s1") },
  );
  assert.is(forward.record.move?.to, "b");
  const failed = run(fleet, { settings, record: forward.record }, { nowMs: 60 });
  assert.is(failed.record.move?.cause, "revert");
  const later = run(fleet, { settings, record: failed.record }, { nowMs: 10_000 });
  assert.ok(fleet.list().includes("r1 b active 20"), "it is still read");
  fleet.away.clear();
  fleet.obey(settings, later.record);
  const back = run(fleet, { settings, record: later.record }, { nowMs: 10_001 });
  run(fleet, { settings, record: back.record }, { nowMs: 10_031 });
  assert.equal(fleet.list(), onAll("a active 10"));
});

test("with onFailure: hold it stops where it is until somebody decides", () => {
  const { fleet, record } = atRest();
  const settings = settingsOf({ current: "b", onFailure: "hold" });
  fleet.away.add("r2");
  const waiting = run(fleet, { settings, record });
  const held = run(fleet, { settings, record: waiting.record }, { nowMs: 60 });
  assert.equal(reasonsOf(held), ["RotationHeld"]);
  fleet.away.clear();
  fleet.obey(settings, held.record);
  assert.is(run(fleet, { settings, record: held.record }, { nowMs: 61 }).record, held.record);
  const again = run(fleet, { settings, record: rotateTo(held.record, "b", 62).record }, { nowMs: 62 });
  assert.is(again.record.current, "b");
});

test("what was asked for by hand stays until the next commit moves it", () => {
  const { fleet, record } = atRest();
  const moved = run(fleet, { settings: settingsOf(), record: rotateTo(record, "b", 1).record }, { nowMs: 1 });
  assert.is(moved.record.current, "b");
  assert.is(moved.record.history.at(-1)?.cause, "manual");
  assert.is(rotateTo(moved.record, "b", 2).record.move, undefined, "it is there already");
});

test("a commit that moves on to a third while flows are moved to the second is followed at once", () => {
  const { fleet, record } = atRest();
  const through = ["a", "b", "c"];
  fleet.away.add("s1");
  const begun = run(fleet, { settings: settingsOf({ through, current: "b" }), record });
  assert.is(begun.record.move?.to, "b");
  const settings = settingsOf({ through, current: "c" });
  const turned = run(fleet, { settings, record: begun.record }, { nowMs: 1 });
  assert.is(turned.record.move?.to, "c");
  fleet.away.delete("s1");
  assert.is(run(fleet, { settings, record: turned.record }, { nowMs: 2 }).record.current, "c");
});

test("members found on hosts before are taken off in the same order", () => {
  const { fleet } = atRest();
  const settings = settingsOf({ current: "b" });
  const moved = run(fleet, { settings, record: newRecord(["a", "b"]) });
  run(fleet, { settings, record: moved.record }, { nowMs: 30 });
  assert.equal(fleet.list(), onAll("b active 10"));
});

test("a schedule goes through the members in turn, and its successor is drawn when it is set", () => {
  const { fleet, record } = atRest();
  const trigger: Trigger = { kind: "every", everyMs: 1_000, jitterMs: 100, order: "listed", key: "1s" };
  const settings = settingsOf({ trigger, through: ["a", "b", "c"] });
  const set = run(fleet, { settings, record }, { random: () => 0.5 });
  assert.equal(set.record.next, { atMs: 1_050, to: "b", by: "1s" });
  const moved = run(fleet, { settings, record: set.record }, { nowMs: 1_050 });
  assert.is(moved.record.current, "b");
  assert.equal(moved.record.next, { atMs: 2_050, to: "c", by: "1s" });
  const faster = { ...settings, trigger: { ...trigger, everyMs: 10, key: "10ms" } };
  assert.is(
    run(fleet, { settings: faster, record: moved.record }, { nowMs: 1_060 }).record.next?.atMs,
    1_070,
  );
});

test("a cron expression says when, and jitter how much later at most", () => {
  const { fleet, record } = atRest();
  const cron = parseCron("30 4 * * *") as Cron;
  const trigger: Trigger = { kind: "at", cron, jitterMs: 60_000, order: "listed", key: "30 4" };
  const nowMs = Date.UTC(2026, 0, 1, 12);
  const set = run(fleet, { settings: settingsOf({ trigger }), record }, { nowMs, random: () => 0.5 });
  assert.equal(set.record.next, { atMs: Date.UTC(2026, 0, 2, 4, 30, 30), to: "b", by: "30 4" });
  assert.is(set.wakeAtMs, set.record.next?.atMs);
});

test("one that is still under way is not overtaken by the schedule", () => {
  const { fleet, record } = atRest();
  const trigger: Trigger = { kind: "every", everyMs: 40, jitterMs: 0, order: "listed", key: "40ms" };
  const settings = settingsOf({ trigger, through: ["a", "b", "c"] });
  const set = run(fleet, { settings, record });
  fleet.away.add("s1");
  const begun = run(fleet, { settings, record: set.record }, { nowMs: 40 });
  assert.is(begun.record.move?.to, "b");
  const due = run(fleet, { settings, record: begun.record }, { nowMs: 80 });
  assert.is(due.record.move?.to, "b");
  assert.equal(due.record.next, { atMs: 120, to: "c", by: "40ms" });
});

test("a member that is taken out while flows are moved to it is moved to no longer", () => {
  const { fleet, record } = atRest();
  fleet.away.add("s1");
  const begun = run(fleet, { settings: settingsOf({ current: "b" }), record });
  assert.is(begun.record.move?.to, "b");
  fleet.away.delete("s1");
  const settings = settingsOf({ through: ["a", "c"], current: "c" });
  const left = run(fleet, { settings, record: begun.record }, { nowMs: 1 });
  assert.is(left.record.current, "c");
  assert.equal(
    left.record.history.map(({ to, outcome }) => `${to} ${outcome}`),
    ["a done", "b superseded", "c done"],
  );
});

test("a random successor is any of the others", () => {
  const { fleet, record } = atRest();
  const trigger: Trigger = { kind: "every", everyMs: 1_000, jitterMs: 0, order: "random", key: "1s" };
  const settings = settingsOf({ trigger, through: ["a", "b", "c"] });
  const drawn = [0, 0.49, 0.5, 0.99].map(
    (draw) => run(fleet, { settings, record }, { random: () => draw }).record.next?.to,
  );
  assert.equal(drawn, ["b", "b", "c", "c"]);
});

test("history is bounded", () => {
  const { fleet } = atRest();
  let { record } = atRest();
  for (let turn = 0; turn < historyMax + 5; turn++) {
    const asked = rotateTo(record, turn % 2 === 0 ? "b" : "a", turn * 100).record;
    record = run(fleet, { settings: settingsOf(), record: asked }, { nowMs: turn * 100 }).record;
  }
  assert.is(record.history.length, historyMax);
});

test.run();
