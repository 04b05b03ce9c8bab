import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

const main = resolve(import.meta.dirname, "../../cli/main.js");

test("netloom bus permissions takes hosts by namespace and name only, and then makes no keys", () => {
  const keys = mkdtempSync(join(tmpdir(), "netloom-keys-"));
  const run = spawnSync(
    process.execPath,
    [main, "bus", "permissions", "--keys", keys, "--host", "gw-1", "a/b"],
    {
      encoding: "utf8",
    },
  );
  assert.is(run.status, 2);
  assert.match(run.stderr, '"gw-1"; write namespace/name');
  assert.is(run.stdout, "");
  assert.equal(readdirSync(keys), []);
  rmSync(keys, { recursive: true });
});

test.run();
