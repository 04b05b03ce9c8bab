import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { RotationReply } from "../../controller/mod.ts";
import { NatsServer } from "../bus/nats-server.ts";
import { run, Started } from "../lab/started.ts";
import { until } from "../lab/until.ts";

const root = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "netloom-interrupted-"));
const hosts = { client: "10.10.0.1", resolver: "10.10.0.3" } as const;
type HostName = keyof typeof hosts;
/** Where hosts find the bus. */
const gateway = "10.10.0.254";
const queriesPerSecond = 100;

const children: ChildProcess[] = [];
let nats: NatsServer;

function start(program: string, words: readonly string[]): ChildProcess {
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "ignore"], detached: true });
  children.push(child);
  return child;
}

const inHost = (host: HostName, ...words: string[]): ChildProcess =>
  start("nsenter", [`--net=/run/netns/${host}`, "--", ...words]);

/** What the hosts are wired with; it vanishes with the test's sandbox. */
function wire(): void {
  const script = ["ip link add br0 type bridge", `ip addr add ${gateway}/24 dev br0`, "ip link set br0 up"];
  for (const [host, address] of Object.entries(hosts)) {
    script.push(
      `ip netns add ${host}`,
      `ip link add ${host} type veth peer name eth0 netns ${host}`,
      `ip link set ${host} master br0 up`,
      `ip -n ${host} addr add ${address}/24 dev eth0`,
      `ip -n ${host} link set eth0 up`,
      `ip -n ${host} link set lo up`,
    );
  }
  execFileSync("sh", ["-euc", script.join("\n")]);
}

const busPorts = { client: 4201, resolver: 4203 } as const;

/** A host's way to the bus; without it the host is away, and its packets go on. */
function openWay(host: HostName): ChildProcess {
  const listen = `TCP-LISTEN:${busPorts[host]},bind=${gateway},fork,reuseaddr`;
  return start("socat", [listen, `TCP:127.0.0.1:${nats.port}`]);
}

function end(child: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): void {
  // Its children are of its group.
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    process.kill(-child.pid, signal);
  }
}

function startDaemon(host: HostName): void {
  const bus = `nats://${gateway}:${busPorts[host]}`;
  const words = ["daemon", "--host", host, "--state-dir", join(folder, host), "--bus", bus];
  new Started([...words, "--log-level", "error"], {}, host);
}

/** A controller in a process of its own, and what its API says. */
function startController(name: string) {
  const socket = join(folder, `${name}.sock`);
  const words = ["controller", join(folder, "fleet"), "--bus", nats.url, "--socket", socket];
  const { process: child } = new Started([...words, "--log-level", "error"]);
  const read = <T>(...ask: string[]): T | undefined => {
    const { code, stdout } = run(...ask, "--server", socket, "-o", "json");
    return code === 0 ? (JSON.parse(stdout) as T) : undefined;
  };
  return {
    kill: () => child.kill("SIGKILL"),
    rotation: () => read<RotationReply>("rotation", "dns"),
  };
}

/** The example's repository, with its rotation moved by commits. */
function commit(spec: string): void {
  const file = join(folder, "fleet", "dialect.yaml");
  const text = readFileSync(file, "utf8").replace(/( {2}through: .*\n)[\s\S]*/, `$1  ${spec}\n`);
  writeFileSync(join(folder, "next.yaml"), text);
  renameSync(join(folder, "next.yaml"), file);
}

test.before(async () => {
  wire();
  execFileSync("cc", ["-O2", "-o", join(folder, "dig"), root("bench/dns-steady.c")]);
  cpSync(root("examples/dns-dialect"), join(folder, "fleet"), { recursive: true });
  nats = await NatsServer.start();
});
test.after(async () => {
  Started.killAll();
  for (const child of children) end(child);
  await nats.remove();
  rmSync(folder, { recursive: true });
});

test("a rotation outlives its controller, is put back when a host stays away, and no query is lost", async () => {
  const rest = "overlap: 200ms\n  retire: revoke";
  commit(`current: dns-tag\n  deadline: 60s\n  ${rest}`);
  inHost(
    "resolver",
    "dnsmasq",
    "--no-daemon",
    "--conf-file=/dev/null",
    "--no-resolv",
    "--address=/com/10.10.0.3",
  );
  let way = openWay("client");
  openWay("resolver");
  startDaemon("client");
  startDaemon("resolver");
  const first = startController("first");
  await until("the first is in force", () => first.rotation()?.current === "dns-tag");
  const load = inHost("client", join(folder, "dig"), hosts.resolver, "53", `${queriesPerSecond}`, "600");
  let counted = "";
  load.stdout?.on("data", (chunk) => (counted += chunk));

  end(way);
  commit(`current: dns-compress\n  deadline: 60s\n  ${rest}`);
  await until("it waits for the client", () => first.rotation()?.move?.step === "deploySenders");
  first.kill();
  way = openWay("client");
  const second = startController("second");
  await until("the second controller finishes it", () => second.rotation()?.current === "dns-compress");

  end(way);
  commit(`current: dns-tag\n  deadline: 1s\n  ${rest}`);
  await until("it is put back", () => second.rotation()?.move?.cause === "revert");
  assert.equal(second.rotation()?.stages["dns-compress"], "both");
  openWay("client");
  const last = await until("all is at rest", () => {
    const seen = second.rotation();
    return seen && !seen.move && Object.keys(seen.stages).length === 1 && seen;
  });
  assert.equal(
    last.history.map(({ to, outcome }) => `${to} ${outcome}`),
    ["dns-tag done", "dns-compress done", "dns-tag failed", "dns-compress done"],
  );
  const ended = new Promise((done) => load.once("close", done));
  end(load, "SIGTERM");
  await ended;
  const [sent = 0, answered, wrong] = counted.trim().split(" ").map(Number);
  assert.ok(sent > queriesPerSecond, "there was something to lose");
  assert.equal([answered, wrong], [sent, 0]);
});

test.run();
