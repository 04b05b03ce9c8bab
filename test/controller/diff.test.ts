import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { diff } from "../../controller/diff.ts";
import type { DesiredUnit, ObservedUnit, UnitState } from "../../schemas/mod.ts";
import { ModelDaemon } from "./model-daemon.ts";

const want = (id: string, digest: string, state: UnitState = "active", priority = 0): DesiredUnit => ({
  unit: { id, engine: "sleep", digest, spec: {}, artifacts: [] },
  priority,
  state,
});
const have = (id: string, digest: string, state: UnitState = "active", priority = 0): ObservedUnit => ({
  id,
  engine: "sleep",
  digest,
  priority,
  state,
});
const said = (desired: DesiredUnit[], observed: ObservedUnit[], held: string[] = []): string[] =>
  diff(desired, observed, new Set(held)).map((command) =>
    command.verb === "install"
      ? `install ${command.unit.id}@${command.unit.digest}`
      : `${command.verb} ${command.unit}${"digest" in command ? `@${command.digest}` : ""}`,
  );

const table: [string, DesiredUnit[], ObservedUnit[], string[]][] = [
  ["nothing is said when both are equal", [want("a", "1")], [have("a", "1")], []],
  ["an absent unit is installed, then activated", [want("a", "1")], [], ["install a@1", "activate a@1"]],
  [
    "an absent unit that shall be inactive is only installed",
    [want("a", "1", "installed")],
    [],
    ["install a@1"],
  ],
  ["another digest replaces in one step", [want("a", "2")], [have("a", "1")], ["install a@2"]],
  [
    "an old version is switched off before a new one that shall be inactive is installed",
    [want("a", "2", "installed")],
    [have("a", "1")],
    ["deactivate a@1", "install a@2"],
  ],
  ["a priority changes alone", [want("a", "1", "active", 5)], [have("a", "1")], ["prioritize a@1"]],
  [
    "a deprecated unit is taken back by activating it",
    [want("a", "1")],
    [have("a", "1", "deprecated")],
    ["activate a@1"],
  ],
  ["what nobody wants is revoked", [], [have("a", "1")], ["revoke a"]],
  [
    "sleepers are installed before rules, whatever their priority",
    [want("Rule/d/a/x", "1", "active", 0), want("Host/d/x", "1", "active", 9)],
    [],
    ["install Host/d/x@1", "install Rule/d/a/x@1", "activate Host/d/x@1", "activate Rule/d/a/x@1"],
  ],
  [
    "sleepers are revoked after rules",
    [],
    [have("Host/d/x", "1"), have("Rule/d/a/x", "1")],
    ["revoke Rule/d/a/x", "revoke Host/d/x"],
  ],
  [
    "the new is active before the old is switched off, and gone last",
    [want("new", "1"), want("old", "1", "deprecated")],
    [have("gone", "1"), have("old", "1")],
    ["install new@1", "activate new@1", "deprecate old@1", "revoke gone"],
  ],
];
for (const [name, desired, observed, expected] of table) {
  test(name, () => assert.equal(said(desired, observed), expected));
}

test("held units are left as they are, wanted or not", () => {
  assert.equal(said([want("a", "2"), want("b", "1")], [have("a", "1"), have("c", "1")], ["a", "c"]), [
    "install b@1",
    "activate b@1",
  ]);
});

const sleeper = (selfService: object | false): DesiredUnit => {
  const wanted = want("Host/d/x", "1");
  return { ...wanted, unit: { ...wanted.unit, spec: { type: "sleeper", host: "d/x", selfService } } };
};
const subscribed = [have("Host/d/x", "1"), have("Self/d/x/0", "1"), have("Self/d/y/0", "1")];

test("rules that a host subscribed by itself are left alone while its declaration allows it, and no longer", () => {
  assert.equal(said([sleeper({ rulesMax: 1, moduleBytesMax: 1 })], subscribed), ["revoke Self/d/y/0"]);
  assert.equal(said([sleeper(false)], subscribed), ["revoke Self/d/x/0", "revoke Self/d/y/0"]);
  assert.equal(said([], subscribed), ["revoke Self/d/x/0", "revoke Self/d/y/0", "revoke Host/d/x"]);
});

const state = fc.constantFrom<UnitState>("installed", "active", "deprecated");
const id = fc.constantFrom("Host/d/x", "Host/d/y", "Rule/d/a/x", "Rule/d/a/y", "Rule/d/b", "Tunnel/d/t");
const digest = fc.constantFrom("1", "2");
const priority = fc.integer({ min: 0, max: 3 });
const units = <T>(make: (id: string, digest: string, state: UnitState, priority: number) => T) =>
  fc
    .uniqueArray(fc.tuple(id, digest, state, priority), { selector: ([name]) => name })
    .map((rows) => rows.map((row) => make(...row)));

test("applying the commands gives what is desired, none is refused, and then nothing is left to say", () => {
  fc.assert(
    fc.property(units(want), units(have), (desired, observed) => {
      const daemon = new ModelDaemon(observed);
      for (const command of diff(desired, observed)) assert.is(daemon.apply(command), undefined);
      assert.equal(diff(desired, daemon.list()), []);
      const wanted = desired.map(({ unit, priority, state }) => have(unit.id, unit.digest, state, priority));
      const order = (a: ObservedUnit, b: ObservedUnit) => (a.id < b.id ? -1 : 1);
      assert.equal(daemon.list().sort(order), wanted.sort(order));
    }),
  );
});

test("a version that shall be inactive is never active on the way", () => {
  fc.assert(
    fc.property(units(want), units(have), (desired, observed) => {
      const daemon = new ModelDaemon(observed);
      const quiet = desired.filter(({ state }) => state === "installed");
      for (const command of diff(desired, observed)) {
        daemon.apply(command);
        for (const { unit } of quiet) {
          const is = daemon.units.get(unit.id);
          const was = observed.find((before) => before.id === unit.id);
          if (is?.digest === unit.digest && was?.digest !== unit.digest) assert.is(is.state, "installed");
        }
      }
    }),
  );
});

test("whatever part of the commands is lost, the next diff leads to what is desired", () => {
  fc.assert(
    fc.property(units(want), units(have), fc.array(fc.boolean()), (desired, observed, lost) => {
      const daemon = new ModelDaemon(observed);
      diff(desired, observed).forEach((command, at) => {
        if (!lost[at]) daemon.apply(command);
      });
      for (const command of diff(desired, daemon.list())) daemon.apply(command);
      assert.equal(diff(desired, daemon.list()), []);
    }),
  );
});

test.run();
