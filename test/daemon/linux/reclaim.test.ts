import { existsSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openWake, reclaim } from "../../../daemon/linux/mod.ts";

test("descriptors are closed", () => {
  const fd = openWake();
  assert.ok(existsSync(`/proc/self/fd/${fd}`));
  reclaim([{ kind: "descriptor", fd }]);
  assert.not.ok(existsSync(`/proc/self/fd/${fd}`));
});

test("a descriptor that is not open is a fault that is told", () => {
  assert.throws(() => reclaim([{ kind: "descriptor", fd: 9_999 }]), /close: EBADF/);
});

test.run();
