import { test } from "uvu";
import * as assert from "uvu/assert";
import { gateProblems } from "../../bus/problem-gate.ts";
import { problem } from "../../schemas/mod.ts";

test("problems without end are passed on now and then, with how many were left out", () => {
  let nowMs = 0;
  const passed: string[] = [];
  const gate = gateProblems((found) => passed.push(found.message), { clock: () => nowMs });
  const bad = problem("bus.malformed", { subject: "s", reason: "r" });
  for (let i = 0; i < 1_000; i++) gate(bad);
  assert.is(passed.length, 20);
  const other = problem("bus.unavailable", { reason: "r" });
  gate(other);
  assert.is(passed.at(-1), other.message);
  nowMs = 1_000;
  gate(bad);
  assert.match(passed.at(-2) as string, '980 more problems "bus.malformed"');
  assert.is(passed.at(-1), bad.message);
  assert.is(passed.length, 23);
});

test.run();
