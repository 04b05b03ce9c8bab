import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Command } from "../../bus/mod.ts";
import { decide, type Known } from "../../daemon/decide.ts";
import type { ObservedUnit, UnitState } from "../../schemas/mod.ts";
import { fakeUnit } from "./fake-engine.ts";

const unit = fakeUnit("a");
const newer = fakeUnit("a", { spec: { version: 2 } });
const moved = fakeUnit("a", { engine: "filter" });
const { id, digest } = unit;

const stored = (state: UnitState, priority = 10) => ({ unit, state, priority });
const observed = (state: UnitState, priority = 10): ObservedUnit => ({
  id,
  engine: "sleep",
  digest,
  state,
  priority,
});
const both = (state: UnitState): Known => ({ stored: stored(state), observed: observed(state) });
const lost = (state: UnitState): Known => ({ stored: stored(state), observed: undefined });
const absent: Known = { stored: undefined, observed: undefined };

const install = (what = unit, priority = 10): Command => ({ id: "1", verb: "install", unit: what, priority });
const change = (verb: "activate" | "deactivate" | "deprecate", of = digest): Command => ({
  id: "1",
  verb,
  unit: id,
  digest: of,
});
const prioritize = (priority: number): Command => ({
  id: "1",
  verb: "prioritize",
  unit: id,
  digest,
  priority,
});
const revoke: Command = { id: "1", verb: "revoke", unit: id };
const challenge = (of = digest): Command => ({
  id: "1",
  verb: "challenge",
  unit: id,
  digest: of,
  nonce: "00",
});

/** Command, what is known, and the step as a line. */
const table: [string, Command, Known, string][] = [
  ["a new unit is installed", install(), absent, "install installed"],
  ["the same version is there already", install(), both("active"), "ack"],
  ["the same version with another priority", install(unit, 11), both("active"), "priority 11"],
  ["another version keeps the state", install(newer), both("active"), "install active"],
  ["a version that the engine lost is put back", install(), lost("active"), "install active lost"],
  ["a version that the engine lost and was inactive", install(), lost("installed"), "install installed"],
  ["another engine's version", install(moved), both("active"), "install active lost instead of sleep"],
  ["activate", change("activate"), both("installed"), "state active"],
  ["activate twice", change("activate"), both("active"), "ack"],
  [
    "activate what the engine has inactive",
    change("activate"),
    { stored: stored("active"), observed: observed("installed") },
    "state active",
  ],
  ["deactivate", change("deactivate"), both("active"), "state installed"],
  ["deprecate", change("deprecate"), both("active"), "state deprecated"],
  ["activate what is not there", change("activate"), absent, "unit.unknown"],
  ["activate another version", change("activate", newer.digest), both("installed"), "unit.digest-mismatch"],
  ["prioritize", prioritize(3), both("active"), "priority 3"],
  ["prioritize to the same", prioritize(10), both("active"), "ack"],
  [
    "prioritize what the engine has elsewhere",
    prioritize(10),
    { stored: stored("active"), observed: observed("active", 4) },
    "priority 10",
  ],
  ["revoke", revoke, both("active"), "revoke"],
  ["revoke what is not there", revoke, absent, "ack"],
  ["revoke what the engine lost", revoke, lost("active"), "revoke"],
  ["challenge", challenge(), both("active"), "challenge"],
  ["challenge another version", challenge(newer.digest), both("active"), "unit.digest-mismatch"],
  ["report", { id: "1", verb: "report" }, absent, "report"],
];

function line(step: ReturnType<typeof decide>): string {
  switch (step.kind) {
    case "nack":
      return step.problem.code;
    case "install":
      return `install ${step.state}${step.lost ? " lost" : ""}${step.before ? ` instead of ${step.before}` : ""}`;
    case "state":
      return `state ${step.state}`;
    case "priority":
      return `priority ${step.priority}`;
    default:
      return step.kind;
  }
}

for (const [name, command, known, wanted] of table) {
  test(`decides: ${name}`, () => {
    assert.is(line(decide(command, known)), wanted);
  });
}

test.run();
