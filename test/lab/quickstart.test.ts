import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { folderWith } from "./started.ts";

const quickstart = fileURLToPath(new URL("../../tools/quickstart.js", import.meta.url));

test("the quick start shows what it says, and leaves nothing behind", () => {
  const temporary = folderWith({});
  const { status, stdout, stderr } = spawnSync(process.execPath, [quickstart], {
    encoding: "utf8",
    env: { ...process.env, TMPDIR: temporary },
    timeout: 120_000,
  });
  assert.is(status, 0, stdout + stderr);
  for (const seen of [
    "3 sent, 0 received",
    "100 of 100 received",
    '"Hello from nas itself"',
    "0 of 3 received",
    "3 of 3 received",
  ]) {
    assert.match(stdout, seen);
  }
  assert.is(stdout.match(/in effect \d+ ms after the commit/g)?.length, 3);
  assert.is(spawnSync("ls", ["-A", temporary], { encoding: "utf8" }).stdout, "");
});

test.run();
