import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { defaultServerAddress } from "../../../cli/client/default-server-address.ts";
import { prepareSocketFolder } from "../../../controller/api/server-address.ts";
import { isRootOfMachine } from "../../root-of-machine.ts";

const project = resolve(import.meta.dirname, "../../../..");
/** Makes the default folder, and says where the socket is to be. */
const program = `
const { defaultServerAddress } = await import("/tmp/project/dist/cli/client/default-server-address.js");
const { prepareSocketFolder } = await import("/tmp/project/dist/controller/api/server-address.js");
const { path } = defaultServerAddress({});
prepareSocketFolder(path);
console.log(path);`;

/**
 * Runs a script that calls `program` by "$@", where /run cannot be written to, and /tmp is everybody's and holds but the
 * project, which other users may not reach where it is.
 */
function runShared(script: string): string[] {
  // The project may be in /tmp itself.
  const prepare = `mount -t tmpfs -o ro tmpfs /run
    cd ${project}
    mount -t tmpfs -o mode=1777 tmpfs /tmp
    mkdir /tmp/project
    mount --no-canonicalize --bind . /tmp/project
    cd /`;
  const words = ["--mount", "sh", "-euc", `${prepare}\n${script}`, "sh"];
  const node = [process.execPath, "--input-type=module", "-e", program];
  const { stdout, stderr } = spawnSync("unshare", [...words, ...node], { encoding: "utf8" });
  assert.is(stderr, "");
  return stdout.trimEnd().split("\n");
}

test("what the environment says comes first", () => {
  const env = { NETLOOM_SERVER: "http://127.0.0.1:8080" };
  assert.equal(defaultServerAddress(env), { kind: "tcp", host: "127.0.0.1", port: 8080 });
});

test("root of a sandbox has the folder in its own /run, not in the /tmp that it shares with root of the machine", () => {
  const path = "/run/netloom/control.sock";
  assert.equal(defaultServerAddress({}), { kind: "socket", path });
  prepareSocketFolder(path);
  assert.is(statSync("/run/netloom").mode & 0o777, 0o700);
});

if (isRootOfMachine()) {
  test("root of the machine and roots of two users' namespaces do not meet in /tmp", () => {
    const inside = (user: number) =>
      `setpriv --reuid ${user} --regid ${user} --clear-groups unshare --user --map-root-user "$@"`;
    const folders = [0, 1234, 1235].map((user) => `/tmp/netloom-${user}/control.sock`);
    assert.equal(runShared(`"$@"\n${inside(1234)}\n${inside(1235)}`), folders);
  });

  test("a user has one folder inside and outside of a user namespace", () => {
    const user = "setpriv --reuid 1234 --regid 1234 --clear-groups";
    const folder = "/tmp/netloom-1234/control.sock";
    assert.equal(runShared(`${user} "$@"\n${user} unshare --user --map-root-user "$@"`), [folder, folder]);
  });
} else {
  test("root of a user's namespace has the folder of that user in /tmp", () => {
    const user = readFileSync("/proc/self/uid_map", "utf8").trim().split(/\s+/)[1];
    assert.equal(runShared('"$@"'), [`/tmp/netloom-${user}/control.sock`]);
  });
}

test.run();
