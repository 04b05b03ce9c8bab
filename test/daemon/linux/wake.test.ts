import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeWake, openWake, PollSet, quietWake, ringWake } from "../../../daemon/linux/mod.ts";

test("a poll ends when one of its descriptors is rung, and says which", () => {
  const wakes = [openWake(), openWake()] as const;
  const polled = new PollSet(wakes);
  assert.not.ok(polled.wait(0));
  ringWake(wakes[1]);
  ringWake(wakes[1]);
  assert.ok(polled.wait(1_000));
  assert.not.ok(polled.isReady(0));
  assert.ok(polled.isReady(1));
  quietWake(wakes[1]);
  quietWake(wakes[1]);
  assert.not.ok(polled.wait(0));
  for (const fd of wakes) closeWake(fd);
});

test.run();
