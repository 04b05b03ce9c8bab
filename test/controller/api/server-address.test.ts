import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { defaultServerAddress, prepareSocketFolder } from "../../../controller/api/server-address.ts";

const module = resolve(import.meta.dirname, "../../../controller/api/server-address.js");

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

test("who may not write to /run has the folder in /tmp", () => {
  const print = `import(${JSON.stringify(module)}).then((it) => console.log(it.defaultServerAddress({}).path))`;
  const script = 'mount -o remount,ro /run && exec "$@"';
  const words = ["--mount", "sh", "-c", script, "sh", process.execPath, "-e", print];
  const { stdout, stderr } = spawnSync("unshare", words, { encoding: "utf8" });
  assert.is(stdout, `/tmp/netloom-${process.getuid?.()}/control.sock\n`, stderr);
});

test.run();
