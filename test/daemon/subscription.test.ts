import { test } from "uvu";
import * as assert from "uvu/assert";
import type { StoredUnit } from "../../daemon/store/unit-file.ts";
import {
  isSameSubscription,
  makeSubscription,
  subscribedUnits,
  supersededUnits,
  unpermittedUnits,
} from "../../daemon/subscription.ts";
import type { SleeperSpec, SleepRuleSpec, Unit } from "../../schemas/mod.ts";
import { ruleUnit, sleeperUnit } from "./sleep/lan.ts";

const host = "default/nas";
const { unit, program: module } = ruleUnit({ name: "ping", program: "icmp-echo" });
const rule = { spec: unit.spec as SleepRuleSpec, module };
const kept = (one: Unit): StoredUnit => ({ unit: one, priority: 1_000, state: "active" });
const storeOf = (...units: Unit[]) => new Map(units.map((one) => [one.id, kept(one)]));
const sleeperWith = (options: Partial<SleeperSpec>): Unit =>
  sleeperUnit({ selfService: { rulesMax: 2, moduleBytesMax: 2 ** 20 }, ...options });
const made = (count: number, present: StoredUnit[] = []): Unit[] =>
  makeSubscription(host, Array(count).fill(rule), present).map((one) => one.unit);
const ids = (units: Unit[]): string[] => units.map(({ id }) => id);

test("a subscription is numbered from 0 on, the next one from where that ended", () => {
  const first = made(2);
  assert.equal(ids(first), ["Self/default/nas/0", "Self/default/nas/1"]);
  assert.equal(ids(made(1, subscribedUnits(storeOf(...first), host))), ["Self/default/nas/2"]);
  const late = made(1, made(12).map(kept));
  assert.equal(ids(late), ["Self/default/nas/12"]);
});

test("the same rules again are the same subscription, whatever their numbers; others are not", () => {
  const first = made(2).map(kept);
  assert.ok(isSameSubscription(first, makeSubscription(host, [rule, rule], first)));
  assert.not.ok(isSameSubscription(first, makeSubscription(host, [rule], first)));
  const other = { ...rule, spec: { ...rule.spec, config: { allow: [] } } };
  assert.not.ok(isSameSubscription(first, makeSubscription(host, [rule, other], first)));
});

test("of what a crash left, the newest subscription that is whole stays, and nothing else", () => {
  const first = made(2);
  const second = made(2, first.map(kept));
  assert.equal(supersededUnits(storeOf(...first)), []);
  assert.equal(supersededUnits(storeOf(...first, ...second)), ids(first));
  assert.equal(supersededUnits(storeOf(...first, second[1] as Unit)), [second[1]?.id]);
  assert.equal(supersededUnits(storeOf(first[1] as Unit, ...second)), [first[1]?.id]);
  assert.equal(supersededUnits(storeOf(first[0] as Unit)), [first[0]?.id]);
});

const declarations: [string, Unit[], boolean][] = [
  ["the declaration allows it", [sleeperWith({})], true],
  ["there is no declaration", [], false],
  ["another host is declared", [sleeperUnit({ selfService: false }, "pc")], false],
  ["it does not allow it", [sleeperWith({ selfService: false })], false],
  ["it allows fewer rules", [sleeperWith({ selfService: { rulesMax: 1, moduleBytesMax: 2 ** 20 } })], false],
  ["it allows smaller modules", [sleeperWith({ selfService: { rulesMax: 2, moduleBytesMax: 9 } })], false],
  [
    "the host has another address",
    [sleeperWith({ interfaces: [{ mac: "02:00:00:00:00:05", addresses: ["10.9.0.6/24"] }] })],
    false,
  ],
];
for (const [what, sleepers, stays] of declarations) {
  test(`a subscription ${stays ? "stays" : "goes as a whole"} when ${what}`, () => {
    assert.equal(unpermittedUnits(storeOf(...sleepers, ...made(2))), stays ? [] : ids(made(2)));
  });
}

test.run();
