import { test } from "uvu";
import * as assert from "uvu/assert";
import { insist } from "../../controller/insist.ts";
import { fail, type Problem } from "../../schemas/mod.ts";

const unavailable = () => fail("bus.unavailable", { reason: "it is away" });

test("what fails at first is tried until it is done, and each failure is told", async () => {
  const failures: Problem["code"][] = [];
  let attempts = 0;
  const done = await insist(async () => (++attempts < 3 ? unavailable() : "done"), {
    signal: new AbortController().signal,
    onFailure: ({ code }) => failures.push(code),
  });
  assert.is(done, "done");
  assert.equal(failures, ["bus.unavailable", "bus.unavailable"]);
});

test("what is not wanted any more is not tried again", async () => {
  let attempts = 0;
  const done = await insist(async () => unavailable(), {
    signal: new AbortController().signal,
    isWanted: () => attempts < 1,
    onFailure: () => (attempts += 1),
  });
  assert.is(done, undefined);
  assert.is(attempts, 1);
});

test("the end is not waited for until the next attempt", async () => {
  const ending = new AbortController();
  let attempts = 0;
  const done = await insist(async () => unavailable(), {
    signal: ending.signal,
    onFailure: () => {
      attempts += 1;
      ending.abort();
    },
  });
  assert.is(done, undefined);
  assert.is(attempts, 1);
});

test.run();
