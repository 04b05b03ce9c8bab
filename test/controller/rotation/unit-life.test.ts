import { test } from "uvu";
import * as assert from "uvu/assert";
import { newRecord } from "../../../controller/rotation/rotation-record.ts";
import { type LifeContext, priorityOf } from "../../../controller/rotation/unit-life.ts";
import { settingsOf } from "./seen-fleet.ts";

const members = ["a", "b", "c"];

/** "b" is in front; the members have these priorities of their own. */
function context(...own: readonly number[]): LifeContext {
  const record = { ...newRecord(members), front: { sender: "b", receiver: "b" } };
  const priorities = Object.fromEntries(members.map((member, at) => [member, own[at] ?? 0]));
  const sight = { hosts: { sender: [], receiver: [] }, priorities, unit: () => ({ isCertain: true }) };
  return { settings: settingsOf({ through: members }), record, sight };
}

for (const [own, wanted] of [
  [
    [10, 20, 30],
    [11, 10, 30],
  ],
  [
    [10, 10, 10],
    [11, 10, 11],
  ],
  [
    [65_535, 65_535, 65_535],
    [65_535, 65_534, 65_535],
  ],
  [
    [0, 65_535, 1],
    [1, 0, 1],
  ],
] as const) {
  test(`the member in front is before all others, within what a priority may be: ${own.join(", ")}`, () => {
    const all = members.map((member) => priorityOf("sender", member, context(...own)));
    assert.equal(all, wanted);
  });
}

test.run();
