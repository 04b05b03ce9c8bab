import { test } from "uvu";
import * as assert from "uvu/assert";
import { Agenda } from "../../../daemon/sleep/agenda.ts";
import type { DelayedAnswer } from "../../../daemon/sleep/speaker.ts";

/** Of a rule of which no more than the number of its answers is of interest. */
function answerOf(bytes: number, rule = { waiting: 0 }): DelayedAnswer {
  return { rule, content: new Uint8Array(bytes), routed: false } as unknown as DelayedAnswer;
}

/** How many answers find room. */
function fill(agenda: Agenda, answer: DelayedAnswer, tries: number): number {
  let count = 0;
  while (count < tries && agenda.delay(10, answer)) count += 1;
  return count;
}

for (const [what, bytes, max] of [
  ["number", 40, 4_096],
  ["bytes", 64 * 1024, 128],
] as const) {
  test(`delayed answers are bounded by their ${what}, and there is room again for each that was sent`, () => {
    const agenda = new Agenda();
    const rule = { waiting: 0 };
    assert.is(fill(agenda, answerOf(bytes, rule), 10_000), max);
    assert.is(rule.waiting, max);
    assert.is(agenda.take(9), undefined);
    assert.is(agenda.take(10)?.kind, "answer");
    assert.is(agenda.take(10)?.kind, "answer");
    assert.is(rule.waiting, max - 2);
    assert.is(fill(agenda, answerOf(bytes, rule), 10_000), 2);
  });
}

test("what else is to be done has its time whatever answers wait", () => {
  const agenda = new Agenda();
  fill(agenda, answerOf(40), 10_000);
  agenda.add(5, { kind: "look" });
  assert.is(agenda.nextMs, 5);
  assert.equal(agenda.take(5), { kind: "look" });
});

test.run();
