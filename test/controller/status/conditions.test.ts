import { test } from "uvu";
import * as assert from "uvu/assert";
import { conditionsOf, judge, type UnitRow } from "../../../controller/status/conditions.ts";
import { problem } from "../../../schemas/mod.ts";

const found = problem("unit.invalid", { unit: "u", reason: "why" });
const row = (on: string, status: UnitRow["status"]): UnitRow => ({ on, of: on, unit: "Rule/d/r", status });
const ready = row("d/a", { state: "ready" });
const pending = row("d/b", { state: "pending" });
const away = row("d/c", { state: "away" });
const refused = row("d/e", { state: "refused", problem: found });
const faulted = row("d/f", { state: "faulted", problem: found });

const table: [
  string,
  UnitRow[],
  { problem?: typeof found; isLate?: boolean },
  [string, string, string, string],
][] = [
  ["nothing to do is ready", [], {}, ["True", "False", "False", "NothingToDo"]],
  ["all ready is ready", [ready, ready], {}, ["True", "False", "False", "Converged"]],
  ["some pending is reconciling", [ready, pending], {}, ["False", "True", "False", "Progressing"]],
  ["a host that is away is waited for", [ready, away, pending], {}, ["False", "True", "False", "HostAway"]],
  [
    "what is pending too long is stalled",
    [ready, pending],
    { isLate: true },
    ["False", "False", "True", "Progressing"],
  ],
  ["a refusal stalls at once", [ready, pending, away, refused], {}, ["False", "False", "True", "Refused"]],
  ["a fault stalls at once", [ready, faulted], {}, ["False", "False", "True", "Faulted"]],
  [
    "an invalid version stalls though all is ready",
    [ready],
    { problem: found },
    ["False", "False", "True", "Invalid"],
  ],
];
for (const [
  name,
  rows,
  { problem: invalid, isLate = false },
  [isReady, reconciling, stalled, reason],
] of table) {
  test(name, () => {
    const judgement = judge(rows, { problem: invalid, isLate });
    assert.equal(
      [
        judgement.ready.status,
        judgement.reconciling.status,
        judgement.stalled.status,
        judgement.ready.reason,
      ],
      [isReady, reconciling, stalled, reason],
    );
  });
}

test("the message says how far it is, who is at fault and why, and how many more", () => {
  const { ready: verdict } = judge([ready, refused, { ...refused, on: "d/g" }], {
    problem: undefined,
    isLate: false,
  });
  assert.is(verdict.message, `1 of 3 ready; d/e: ${found.message} (and 1 more)`);
});

test("a condition keeps the time of its last transition while its status stays, whatever its reason", () => {
  const first = conditionsOf(judge([pending], { problem: undefined, isLate: false }), {
    revision: "r1",
    now: "t1",
    before: [],
  });
  const second = conditionsOf(judge([away], { problem: undefined, isLate: false }), {
    revision: "r2",
    now: "t2",
    before: first,
  });
  const third = conditionsOf(judge([ready], { problem: undefined, isLate: false }), {
    revision: "r2",
    now: "t3",
    before: second,
  });
  const times = (conditions: typeof first) => conditions.map(({ lastTransitionTime }) => lastTransitionTime);
  assert.equal(
    [times(first), times(second), times(third)],
    [
      ["t1", "t1", "t1"],
      ["t1", "t1", "t1"],
      ["t3", "t3", "t1"],
    ],
  );
  assert.is(second[0]?.observedRevision, "r2");
});

test.run();
