import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { until } from "../sleep/until.ts";
import { requireModule, tagModule } from "./modules.ts";
import { RunningEngine } from "./running-engine.ts";

const run = promisify(execFile);
const port = 5353;
const sender = { application: { group: "dig" }, remote: { port } };
const receiver = { application: { group: "dnsmasq" }, local: { port } };

let server: ChildProcess;
let engine: RunningEngine;

async function dig(at = "127.0.0.1", ...more: string[]): Promise<string> {
  const words = [`@${at}`, "-p", `${port}`, "+short", "+tries=1", "+timeout=1", "www.example.com", ...more];
  const { stdout } = await run("dig", words).catch((error: { stdout: string }) => error);
  return stdout.trim();
}

/** The server has been there since before any engine. */
test.before(async () => {
  server = spawn("dnsmasq", [
    ...["-d", "-C", "/dev/null", "-p", `${port}`, "--no-resolv", "--no-hosts", "--cache-size=0"],
    ...["--address=/#/10.10.0.3", "--pid-file="],
  ]);
  await until("dnsmasq answers", async () => (await dig()) === "10.10.0.3");
});
test.before(async () => {
  engine = await new RunningEngine().start();
});
test.after(async () => {
  server.kill();
  await engine.engine.stop();
});
test.after.each(() => engine.revokeAll());

for (const address of ["127.0.0.1", "::1"]) {
  test(`a tag put on by dig's end is taken off by the end of a dnsmasq that runs already, at ${address}`, async () => {
    const on = await engine.install(tagModule(), { tap: sender });
    assert.not.equal(await dig(address), "10.10.0.3");
    const off = await engine.install(tagModule(), { role: "receiver", tap: receiver });
    for (let count = 0; count < 5; count += 1) assert.is(await dig(address), "10.10.0.3");
    await engine.engine.revoke(on);
    assert.is(await dig(address), "10.10.0.3");
    assert.is(await engine.counter(off, "customized_total"), 5);
    await engine.engine.revoke(off);
    assert.is(await dig(address), "10.10.0.3");
    assert.equal(engine.complaints, []);
  });
}

test("what is not customized is dropped as long as that is wanted (layer-4.5 §5.3.1)", async () => {
  const guard = await engine.install(requireModule(), { role: "receiver", tap: receiver });
  assert.not.equal(await dig(), "10.10.0.3");
  assert.is(await engine.counter(guard, "dropped_total"), 1);
  await engine.engine.revoke(guard);
  assert.is(await dig(), "10.10.0.3");
});

test("a deactivated customization counts what it would do, and does it from its activation on (§5.3.2)", async () => {
  const on = await engine.install(tagModule(), { tap: sender, state: "installed" });
  assert.is(await dig(), "10.10.0.3");
  const before = await engine.fresh(on);
  assert.is(before.counters?.tested_total, 1);
  assert.is(before.counters?.customized_total, 0);
  assert.equal(before.met?.group, undefined);
  assert.equal(before.met?.remoteAddress, ["127.0.0.1"]);
  await engine.engine.setState(on, "active");
  assert.not.equal(await dig(), "10.10.0.3");
  assert.is(await engine.counter(on, "customized_total"), 1);
});

test("the network is left as it was", async () => {
  await engine.install(tagModule(), { tap: sender });
  await engine.engine.stop();
  for (const program of ["iptables-save", "ip6tables-save"]) {
    assert.not.match(execFileSync(program, { encoding: "utf8" }), /NETLOOM|NFQUEUE/);
  }
  assert.is(await dig(), "10.10.0.3");
  engine = await new RunningEngine().start();
});

test.run();
