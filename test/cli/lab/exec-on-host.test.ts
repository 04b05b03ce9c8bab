import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

const program = resolve(import.meta.dirname, "../../../cli/main.js");

test("without tshark a capture says what is to be installed", () => {
  const options = { encoding: "utf8", env: { PATH: "/nowhere" } } as const;
  const { status, stderr } = spawnSync(process.execPath, [program, "lab", "capture", "nas"], options);
  assert.match(
    stderr,
    /Cannot capture: tshark is not in PATH; install it \(Debian: apt-get install tshark\)/,
  );
  assert.is(status, 2);
});

test.run();
