import { readdirSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { StreamTaps } from "../../../daemon/linux/mod.ts";
import { ProblemError } from "../../../schemas/mod.ts";
import { isRootOfMachine } from "../../root-of-machine.ts";

/** No map can have no room, so that the last of what is opened is refused; to who is not root of the machine the first is. */
function openRefused(): ProblemError {
  const held: unknown[] = [];
  try {
    StreamTaps.open({
      slots: 0,
      ready: 1,
      bytesOut: 4_096,
      bytesIn: 4_096,
      hold: (holding) => held.push(holding),
      release: () => held.pop(),
    });
  } catch (error) {
    assert.equal(held, []);
    if (error instanceof ProblemError) return error;
    throw error;
  }
  throw new Error("taps for no connection were opened");
}

test("taps that are refused leave no descriptor behind", () => {
  openRefused();
  const before = readdirSync("/proc/self/fd").length;
  for (let tried = 0; tried < 5; tried += 1) openRefused();
  assert.is(readdirSync("/proc/self/fd").length, before);
});

test("who is not root of the machine is told which rights are missing", () => {
  const { code, message } = openRefused().problem;
  if (isRootOfMachine()) assert.is(code, "linux.failed");
  else {
    assert.is(code, "linux.denied");
    assert.match(message, "CAP_BPF");
  }
});

test.run();
