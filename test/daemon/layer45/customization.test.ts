import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Customization, Station } from "../../../daemon/layer45/customization.ts";
import { Flow } from "../../../daemon/layer45/flow.ts";
import { flowFlags } from "../../../modules/mod.ts";
import { customizationText, wasmData, wat, words } from "../../modules/wat.ts";
import { madeCustomization, stationOf } from "./made-customization.ts";
import { touchyModule } from "./modules.ts";

const owner = { cookie: 1n, inode: 2, process: 7, task: "isc-net-0000", group: "dig", otherTasks: [] };

function show(made: Customization, station: Station, text = "message"): string | number {
  const bytes = Buffer.from(text);
  return made.show("out", station, bytes, 0, bytes.length, 5);
}

/** What a module says to everything: 0 not its own, 1 customized, 2 drop. */
const says = (verdict: number): Uint8Array =>
  wat(customizationText({ send: "(i32.const 16)", more: wasmData(16, words(verdict, 0, 0, 0)) }));

for (const [what, verdict, state, isNoted] of [
  ["customized", 1, "active", true],
  ["dropped", 2, "active", true],
  ["dropped, deprecated", 2, "deprecated", true],
  ["left alone", 0, "active", false],
  ["would have customized, but is deactivated,", 1, "installed", false],
] as const) {
  test(`the last time that a module ${what} is ${isNoted ? "" : "not "}told as when it was last active`, () => {
    const made = madeCustomization(says(verdict), { state });
    const before = Date.now();
    assert.is(made.observe().counters?.last_active_ms, 0);
    show(made, stationOf(made));
    const at = made.observe().counters?.last_active_ms ?? Number.NaN;
    if (isNoted) assert.ok(at >= before && at <= Date.now(), `${at}`);
    else assert.is(at, 0);
  });
}

test("a module is told whether it is switched off, and whether it has seen its flow from the beginning", () => {
  // It answers with the context that it is shown.
  const module = wat(
    customizationText({
      send: "(i32.store (i32.const 32) (local.get $context)) (i32.const 16)",
      more: wasmData(16, words(1, 0, 0, 1, 0, 80)),
    }),
  );
  const made = madeCustomization(module);
  const flagsOf = (station: Station): number => {
    show(made, station);
    const context = Buffer.alloc(80);
    made.answer.copyTo(context, 0);
    return context[0] as number;
  };
  const early = stationOf(made);
  const late: Station = {
    ...early,
    attachment: new Flow(2, owner).attach(made, { isLate: true, nowMs: 0 }),
    view: { ...early.view, number: 2 },
  };
  assert.equal([flagsOf(early), flagsOf(late)], [0, flowFlags.attachedLate]);
  made.state = "installed";
  assert.equal(
    [flagsOf(early), flagsOf(late)],
    [flowFlags.inactive, flowFlags.inactive | flowFlags.attachedLate],
  );
  made.state = "deprecated";
  assert.equal([flagsOf(early), flagsOf(late)], [0, flowFlags.attachedLate]);
});

/** Tells how many flows were opened and closed, up to nine of each. */
const flowCounter = wat(
  customizationText({
    more: `(func (export "flow_open") (param i32 i32) (result i32)
        (i32.store8 (i32.const 2062) (i32.add (i32.load8_u (i32.const 2062)) (i32.const 1))) (i32.const 0))
      (func (export "flow_close") (param i32)
        (i32.store8 (i32.const 2073) (i32.add (i32.load8_u (i32.const 2073)) (i32.const 1))))
      (func (export "state_report") (result i32) (i32.const 2048))
      ${wasmData(2048, Buffer.concat([words(23), Buffer.from('{"opened":0,"closed":0}')]))}`,
  }),
);

test("a module is told of each flow once, before its first message, and of its end; what it says of itself is told", () => {
  const made = madeCustomization(flowCounter);
  const numbers = (): (number | undefined)[] => {
    made.takeReport();
    const { counters } = made.observe();
    return [counters?.module_opened, counters?.module_closed, counters?.flows];
  };
  const [one, two] = [new Flow(1, owner), new Flow(2, owner)];
  const station = stationOf(made, one);
  stationOf(made, two);
  assert.equal(numbers(), [0, 0, 2], "no message yet");
  show(made, station);
  show(made, station);
  assert.equal(numbers(), [1, 0, 2]);
  one.close();
  two.close();
  assert.equal(numbers(), [1, 1, 0], "what it was not told of does not end for it either");
});

test("a deprecated customization is idle once it holds no flow", () => {
  const made = madeCustomization(says(1));
  const flow = new Flow(1, owner);
  stationOf(made, flow);
  assert.is(made.observe().idle, undefined);
  made.state = "deprecated";
  assert.is(made.observe().idle, undefined);
  flow.close();
  assert.is(made.observe().idle, true);
});

test("a module that fails now and then is started afresh each time, and not stopped", () => {
  const made = madeCustomization(touchyModule());
  const station = stationOf(made);
  for (let round = 0; round < 3; round += 1) {
    for (let count = 0; count < 4; count += 1) assert.is(show(made, station, "bad!"), "fault");
    assert.is(show(made, station, "good"), 0);
  }
  assert.is(made.problem, undefined);
  assert.is(made.counts.faults, 12);
  assert.is(made.life, 13);
});

test.run();
