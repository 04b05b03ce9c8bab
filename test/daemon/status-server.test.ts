import { test } from "uvu";
import * as assert from "uvu/assert";
import type { DaemonStatus } from "../../daemon/daemon.ts";
import { serveStatus } from "../../daemon/status-server.ts";
import { ProblemError, problem } from "../../schemas/mod.ts";

const unit = { engine: "sleep", digest: "0".repeat(64), priority: 1 } as const;
const status: DaemonStatus = {
  host: "default/gw-1",
  boot: "b",
  term: 4,
  reports: 9,
  connected: true,
  units: [
    { ...unit, id: "Rule/a/b/c", state: "active", counters: { packets: 12 } },
    {
      ...unit,
      id: "Rule/a/d/c",
      state: "active",
      problem: problem("unit.faulted", { unit: "Rule/a/d/c", reason: "it looped" }),
    },
  ],
  asleep: ["default/nas"],
  commands: [{ verb: "install", outcome: "ack", count: 2 }],
};
let seen = status;

test("metrics say what the daemon's status says, each time anew", async () => {
  const server = await serveStatus(() => seen, { address: "127.0.0.1", port: 0 });
  const scrape = async () => (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  const lines = (await scrape()).split("\n");
  for (const line of [
    "netloom_daemon_connected 1",
    "netloom_daemon_term 4",
    "netloom_daemon_reports_total 9",
    "netloom_daemon_hosts_asleep 1",
    'netloom_daemon_commands_total{verb="install",outcome="ack"} 2',
    'netloom_daemon_units{engine="sleep",state="active"} 2',
    'netloom_daemon_unit_problems{engine="sleep",code="unit.faulted"} 1',
    'netloom_daemon_unit_counter{unit="Rule/a/b/c",counter="packets"} 12',
  ]) {
    assert.ok(lines.includes(line), `${line} is not in ${lines.filter((one) => one.startsWith("netloom"))}`);
  }
  seen = { ...status, units: [], connected: false };
  const later = await scrape();
  assert.match(later, /^netloom_daemon_connected 0$/m);
  assert.not.match(later, /unit_counter\{/);
  assert.match(later, /^netloom_daemon_reports_total 9$/m);
  await server.close();
});

test("readiness follows the bus, health does not, and nothing is taken but GET", async () => {
  const server = await serveStatus(() => seen, { address: "127.0.0.1", port: 0 });
  const code = async (path: string, method = "GET") =>
    (await fetch(`http://127.0.0.1:${server.port}${path}`, { method })).status;
  seen = { ...status, connected: false };
  assert.equal([await code("/healthz"), await code("/readyz")], [200, 503]);
  seen = status;
  assert.equal([await code("/readyz"), await code("/"), await code("/metrics", "POST")], [200, 404, 405]);
  await server.close();
});

test("an address that is taken is told", async () => {
  const server = await serveStatus(() => seen, { address: "127.0.0.1", port: 0 });
  const error = await serveStatus(() => seen, { address: "127.0.0.1", port: server.port }).then(
    () => undefined,
    (found: unknown) => found,
  );
  assert.ok(error instanceof ProblemError);
  assert.match(error.message, /\(EADDRINUSE\); choose another address or port/);
  await server.close();
});

test.run();
