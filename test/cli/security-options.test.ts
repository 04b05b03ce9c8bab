import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

const main = resolve(import.meta.dirname, "../../cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "netloom-options-"));
test.after(() => rmSync(folder, { recursive: true }));

function run(...args: string[]): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [main, ...args], { encoding: "utf8", timeout: 60_000 });
}

test("a controller does not start with a master secret that others may read, or that is not there", () => {
  const secret = join(folder, "secret");
  const controller = () =>
    run(
      "controller",
      folder,
      "--master-secret",
      secret,
      "--bus",
      "nats://127.0.0.1:1",
      "--state-dir",
      folder,
    );
  const absent = controller();
  assert.is(absent.status, 2);
  assert.match(absent.stderr, `Cannot use ${secret} as the master secret`);
  writeFileSync(secret, Buffer.alloc(32, 9));
  chmodSync(secret, 0o644);
  const open = controller();
  assert.is(open.status, 2);
  assert.match(open.stderr, "others than its owner may use it");
  assert.not.match(open.stderr, Buffer.alloc(8, 9).toString());
});

test("a daemon is told where plug-ins go by type of middlebox", () => {
  for (const given of ["wireshark", "wireshark=", "wiresharc=/tmp"]) {
    const { status, stderr } = run("daemon", "--host", "a", "--plugins", given);
    assert.is(status, 2, given);
    assert.match(stderr, "It is TYPE=DIR, where TYPE is wireshark");
  }
});

test.run();
