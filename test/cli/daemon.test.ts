import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Bus, codecs, type HostReport, subjects } from "../../bus/mod.ts";
import { eventually } from "../bus/eventually.ts";
import { NatsServer } from "../bus/nats-server.ts";
import { fakeUnit } from "../daemon/fake-engine.ts";
import { DaemonProcess } from "./daemon-process.ts";

const host = "default/gw-1";
const stateDir = mkdtempSync(join(tmpdir(), "netloom-"));

let nats: NatsServer;
let bus: Bus;
let running: DaemonProcess[] = [];
let reports: HostReport[] = [];

test.before(async () => {
  nats = await NatsServer.start();
});
test.before.each(async () => {
  reports = [];
  bus = await nats.join();
  bus.subscribe(subjects.anyReport, ({ payload, subject }) => {
    reports.push(codecs.hostReport.decode(payload, subject));
    return codecs.reportReply.encode({ kind: "ack" });
  });
});
test.after.each(async () => {
  for (const daemon of running) daemon.child.kill("SIGKILL");
  await Promise.all(running.map(({ exited }) => exited));
  running = [];
  await bus.close();
});
test.after(async () => {
  await nats.remove();
  rmSync(stateDir, { recursive: true });
});

function daemon(...flags: string[]): DaemonProcess {
  const made = new DaemonProcess("--state-dir", stateDir, "--bus", nats.url, ...flags);
  running.push(made);
  return made;
}

test("it joins the bus, answers commands, serves its metrics, and stops at SIGTERM with a last report", async () => {
  const one = daemon("--metrics", "127.0.0.1:0");
  await eventually(() => reports.length > 0, `a report; log: ${one.log}`);
  const unit = fakeUnit("a", { engine: "tunnel" });
  const batch = { host, term: 3, commands: [{ id: "1", verb: "install" as const, unit, priority: 1 }] };
  const subject = subjects.command(host);
  const answer = await bus.request(subject, codecs.commandBatch.encode(batch), { timeoutMs: 5_000 });
  const [result] = codecs.commandReply.decode(answer, subject).results;
  assert.is(result?.outcome.kind === "nack" && result.outcome.problem.code, "engine.unavailable");
  const base = `http://127.0.0.1:${await one.metricsPort()}`;
  assert.is((await fetch(`${base}/healthz`)).status, 200);
  assert.is((await fetch(`${base}/readyz`)).status, 200);
  assert.is((await fetch(`${base}/else`)).status, 404);
  const metrics = await (await fetch(`${base}/metrics`)).text();
  assert.match(metrics, /netloom_daemon_connected 1\n/);
  assert.match(metrics, /netloom_daemon_term 3\n/);
  assert.match(metrics, /netloom_daemon_commands_total\{verb="install",outcome="nack"\} 1\n/);
  const before = reports.length;
  assert.is(await one.stop(), 0);
  assert.ok(reports.length > before, "a last report");
});

test("a second daemon on one folder is refused with what to do", async () => {
  const one = daemon();
  await eventually(() => reports.length > 0, `a report; log: ${one.log}`);
  const other = daemon();
  assert.is(await other.exited, 2);
  assert.match(other.log, /another netloom daemon \(process \d+\) uses it; give each a folder of its own/);
});

test("it starts without a bus, joins it when it comes, and reports anew when it comes back", async () => {
  await bus.close();
  await nats.stop();
  const one = daemon("--metrics", "127.0.0.1:0");
  const base = `http://127.0.0.1:${await one.metricsPort()}`;
  assert.is((await fetch(`${base}/healthz`)).status, 200);
  assert.is((await fetch(`${base}/readyz`)).status, 503);
  for (let round = 0; round < 2; round++) {
    await nats.run();
    const again = await nats.join();
    let count = 0;
    again.subscribe(subjects.anyReport, () => {
      count++;
      return codecs.reportReply.encode({ kind: "ack" });
    });
    await eventually(() => count > 0, `a report in round ${round}; log: ${one.log}`);
    await again.close();
    if (round === 0) await nats.stop("SIGKILL");
  }
  bus = await nats.join();
});

test("wrong options are told, each with what is right", async () => {
  const wrong = (flags: string[]) => {
    const made = new DaemonProcess(...flags);
    running.push(made);
    return made;
  };
  const metrics = wrong(["--metrics", "nowhere"]);
  assert.is(await metrics.exited, 2);
  assert.match(metrics.log, /such as 127\.0\.0\.1:9464/);
  const named = wrong(["--host", "Gw_1"]);
  assert.is(await named.exited, 2);
  assert.match(named.log, /such as default\/gw-1/);
});

test.run();
