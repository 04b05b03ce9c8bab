import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Customization } from "../../../daemon/layer45/customization.ts";
import { customize, type Judgement } from "../../../daemon/layer45/message.ts";
import { customizationText, wasmData, wat, words } from "../../modules/wat.ts";
import { madeCustomization, stationOf } from "./made-customization.ts";
import { failingModule } from "./modules.ts";

const verdict = { notMine: 0, customized: 1, drop: 2, more: 3 };

/** Says always the same. */
const says = (name: keyof typeof verdict, delayMs = 0): Uint8Array =>
  wat(customizationText({ send: "(i32.const 16)", more: wasmData(16, words(verdict[name], 0, delayMs, 0)) }));

function judge(...customizations: Customization[]): {
  outcome: string;
  delayMs: number;
  by: string | undefined;
} {
  const judgement: Judgement = { outcome: "drop", delayMs: 77, by: customizations[0] };
  const bytes = Buffer.from("...message...");
  customize(
    judgement,
    "out",
    customizations.map((one) => stationOf(one)),
    { bytes, offset: 3, length: 7, nowMs: 5 },
  );
  return { outcome: judgement.outcome, delayMs: judgement.delayMs, by: judgement.by?.id };
}

const pass = { outcome: "pass", delayMs: 0, by: undefined };

test("without customizations a message passes", () => {
  assert.equal(judge(), pass);
});

for (const [first, second, expected] of [
  ["notMine", "notMine", pass],
  ["more", "notMine", pass],
  ["customized", "drop", { outcome: "replace", delayMs: 0, by: "first" }],
  ["drop", "customized", { ...pass, outcome: "drop" }],
  ["notMine", "customized", { outcome: "replace", delayMs: 0, by: "second" }],
  ["more", "drop", { ...pass, outcome: "drop" }],
] as const) {
  test(`${first}, then ${second}: ${expected.outcome}`, () => {
    const both = [
      madeCustomization(says(first), { id: "first" }),
      madeCustomization(says(second), { id: "second" }),
    ];
    assert.equal(judge(...both), expected);
  });
}

test("of several delays the longest counts; that of more is none of a datagram's", () => {
  const made = (name: keyof typeof verdict, delayMs: number) => madeCustomization(says(name, delayMs));
  assert.is(judge(made("notMine", 5), made("notMine", 9), made("customized", 7)).delayMs, 9);
  assert.is(judge(made("more", 50), made("notMine", 2)).delayMs, 2);
  assert.is(judge(made("drop", 50)).delayMs, 0);
});

test("a deactivated one is asked, counts, and changes nothing", () => {
  const made = madeCustomization(says("drop", 20), { state: "installed" });
  assert.equal(judge(made), pass);
  const { tested, dropped, messagesOut, bytesOut } = made.counts;
  assert.equal(
    { tested, dropped, messagesOut, bytesOut },
    { tested: 1, dropped: 0, messagesOut: 1, bytesOut: 7 },
  );
});

test("a deprecated one takes part", () => {
  assert.is(judge(madeCustomization(says("drop"), { state: "deprecated" })).outcome, "drop");
});

for (const [onFault, state, outcome] of [
  ["accept", "active", "replace"],
  ["drop", "active", "drop"],
  ["drop", "installed", "replace"],
] as const) {
  test(`a fault of an ${state} one, ${onFault}: ${outcome}`, () => {
    const bad = madeCustomization(failingModule(), { onFault, state });
    assert.is(judge(bad, madeCustomization(says("customized"))).outcome, outcome);
    assert.is(bad.counts.faults, 1);
  });
}

test("one that fails five times in a row is stopped, and one that does not is not", () => {
  const stopped: string[] = [];
  const made = madeCustomization(failingModule(), { stopped: ({ id }) => stopped.push(id) });
  for (let count = 0; count < 4; count += 1) judge(made);
  assert.equal(stopped, []);
  assert.is(made.problem, undefined);
  judge(made);
  assert.equal(stopped, ["one"]);
  assert.is(made.observe().problem?.code, "unit.faulted");
});

test("a flow that a module does not want is not shown to it, nor counted as its own", () => {
  const module = wat(
    customizationText({
      send: "(unreachable)",
      more: '(func (export "flow_open") (param i32 i32) (result i32) (i32.const 1))',
    }),
  );
  const made = madeCustomization(module);
  assert.equal(judge(made), pass);
  assert.is(made.counts.messagesOut, 0);
  assert.is(made.flows, 0);
});

test("what one that was replaced had counted and held is its successor's", () => {
  const before = madeCustomization(says("customized"));
  judge(before);
  const after = madeCustomization(says("drop"));
  after.succeed(before);
  assert.is(before.flows, 0);
  assert.is(after.flows, 1);
  assert.is(after.counts.customized, 1);
});

test("counts go on from what was reported", () => {
  const before = madeCustomization(says("customized"));
  judge(before);
  const after = madeCustomization(says("customized"));
  after.resume(before.observe());
  judge(after);
  assert.is(after.observe().counters?.customized_total, 2);
  assert.is(after.observe().counters?.bytes_out_total, 14);
});

test.run();
