import { test } from "uvu";
import * as assert from "uvu/assert";
import { Audience } from "../../../bus/blobs/audience.ts";

const members = (count: number): Set<string> => new Set(Array.from({ length: count }, (_, at) => `m${at}`));

test("it is over once, when all but an eighth have it; strangers and repetitions count for nothing", () => {
  let over = 0;
  const audience = new Audience(members(16), () => over++);
  for (let at = 0; at < 13; at++)
    for (const member of [`m${at}`, `m${at}`, "stranger"]) audience.noteHas(member);
  assert.is(over, 0);
  audience.noteHas("m13");
  assert.is(over, 1);
  for (const member of members(16)) audience.noteHas(member);
  assert.is(over, 1);
});

test("a small one is over when the last has it, and in the end without", async () => {
  let over = 0;
  const small = new Audience(members(2), () => over++);
  small.noteHas("m0");
  assert.is(over, 0);
  small.noteHas("m1");
  assert.is(over, 1);
  await new Promise<void>((isOver) => void new Audience(members(1), isOver));
});

test.run();
