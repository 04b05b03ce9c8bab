import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { askProxy } from "../../daemon/responder/mod.ts";
import { eventually } from "../bus/eventually.ts";
import { Authority } from "../daemon/responder/authority.ts";
import { DaemonProcess } from "./daemon-process.ts";

const authority = new Authority();
const gateway = authority.issue("gw-1", ["gw-1.default.host.netloom"]);
const nas = authority.read(authority.issue("nas", ["nas.default.host.netloom"]));
const folder = mkdtempSync(join(tmpdir(), "netloom-"));
const certified = ["--responder-cert", gateway.cert, "--responder-key", gateway.key];
let daemon: DaemonProcess;

const start = (...flags: string[]): DaemonProcess => {
  daemon = new DaemonProcess("--bus", "nats://127.0.0.1:1", "--state-dir", folder, ...flags);
  return daemon;
};

test.after.each(async () => {
  await daemon.kill();
});
test.after(() => {
  authority.remove();
  rmSync(folder, { recursive: true });
});

test("a daemon hears hosts over TLS where it is told to, with no bus in sight", async () => {
  start("--responder", "127.0.0.1:0", ...certified, "--responder-ca", authority.ca);
  await eventually(() => daemon.said("serving hosts"), `the responder; log: ${daemon.log}`);
  const port = Number(/"port":(\d+)/.exec(daemon.log)?.[1]);
  const tls = { ...nas, serverName: "gw-1.default.host.netloom" };
  const asked = askProxy({ address: "127.0.0.1", port, tls }, [{ kind: "sleep", mac: "02:00:00:00:00:05" }], {
    timeoutMs: 10_000,
  });
  const answer = await asked.then(String, (error: Error) => error.message);
  assert.match(answer, /this proxy does not stand in for it/);
  assert.is(await daemon.stop(), 0);
});

const wrong: [string, string[], RegExp][] = [
  ["without TLS for everybody", ["--responder", "0.0.0.0:0"], /without TLS on 0\.0\.0\.0/],
  [
    "with half of what TLS needs",
    ["--responder", "127.0.0.1:0", ...certified],
    /one of the three files is not given/,
  ],
  [
    "with files that are not there",
    ["--responder", "127.0.0.1:0", ...certified, "--responder-ca", "/nowhere"],
    /no such file or directory, open '\/nowhere'/,
  ],
];
for (const [what, flags, expected] of wrong) {
  test(`a daemon does not start that is to hear hosts ${what}`, async () => {
    start(...flags);
    assert.is(await daemon.exited, 2);
    assert.match(daemon.log, expected);
  });
}

test.run();
