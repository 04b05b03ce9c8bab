/**
 * The sleep proxy against a program in C with one UDP socket (`udp-echo.c`), in the same run, on the same processor, while
 * another processor sends as much as it can (`frame-flood.c`). The client's answers end at its interface, so that the two
 * are told apart by what they can do, and not by what the client can take.
 *
 *   sleep.echo.50 .500 .1000    echoes a second by payload; ratio = ours / C
 *   sleep.rtt.rules.10000       median round trip in µs with 10,000 rules; baseline with one; ratio = one / many
 *   sleep.rtt.hosts.10000       the same with 10,000 sleeping hosts
 *   sleep.ping.100000           answered share of echo requests at that rate; baseline: the kernel's own answers
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../daemon/engine.ts";
import { sleepEngine } from "../daemon/sleep/mod.ts";
import { standardModule } from "../modules/mod.ts";
import { type SleeperSpec, type SleepRuleSpec, type Unit, unitDigest } from "../schemas/mod.ts";

const wanted = process.argv[2] ?? "sleep";
const folder = mkdtempSync(join(tmpdir(), "netloom-bench-"));
const port = 5100;
const seconds = 0.15;
/** The two take turns, and of each the best counts: whatever else the machine does only ever slows one down. */
const rounds = 15;
const many = 10_000;
const nothing = (): void => undefined;
const run = (line: string): string => execFileSync("sh", ["-euc", line], { encoding: "utf8" });
const clientAddress = "10.9.255.1";
const proxyMac = "02:00:00:00:00:02";
const sleepProcessor = "0";
const clientProcessor = "1";

try {
  prepare();
  for (const bytes of [50, 500, 1_000]) if (asks(`sleep.echo.${bytes}`)) await echo(bytes);
  if (asks("sleep.ping.100000")) await pings(100_000);
  if (asks("sleep.rtt.rules.10000")) await roundTrips("rules");
  if (asks("sleep.rtt.hosts.10000")) await roundTrips("hosts");
} finally {
  rmSync(folder, { recursive: true });
}

function asks(figure: string): boolean {
  return figure === wanted || figure.startsWith(`${wanted}.`);
}

function prepare(): void {
  run(`
    for name in udp-echo frame-flood udp-trips ping-flood; do cc -O2 -o ${folder}/$name bench/$name.c; done
    ip netns add client
    ip link add lan type veth peer name eth0 netns client
    ip link set lan address ${proxyMac} up; ip addr add 10.9.0.2/16 dev lan
    ip -n client link set lo up; ip -n client link set eth0 up; ip -n client addr add ${clientAddress}/16 dev eth0
    taskset -apc ${sleepProcessor} ${process.pid} >/dev/null`);
}

async function echo(bytes: number): Promise<void> {
  run(`
    ip netns exec client nft -f - <<'END'
      table netdev bench {
        chain answers {
          type filter hook ingress device "eth0" priority -500
          udp sport ${port} drop
        }
      }
END`);
  const engine = await startEngine();
  await addHost(engine, 5);
  await addRule(engine, 5, echoOn(port));
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // While the C program has its turn the proxy listens to nothing.
    await engine.power?.("default/h5", "awake");
    theirs.push(await withC(() => flood(bytes, "10.9.0.2")));
    await engine.power?.("default/h5", "asleep");
    ours.push(await flood(bytes, "10.9.0.5"));
  }
  await engine.stop();
  run("ip netns exec client nft delete table netdev bench");
  const [value, baseline] = [Math.max(...ours), Math.max(...theirs)];
  print({ bench: `sleep.echo.${bytes}`, value, unit: "packets/s", baseline, ratio: value / baseline });
}

async function pings(rate: number): Promise<void> {
  const engine = await startEngine();
  await addHost(engine, 5);
  await addRule(engine, 5, { name: "ping", program: "icmp-echo", layer: "ICMP" });
  const share = async (address: string) => {
    const text = await onClient("ping-flood", rate, seconds * 4, address);
    const { sent, answered } = JSON.parse(text) as { sent: number; answered: number };
    return answered / sent;
  };
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await engine.power?.("default/h5", "awake");
    theirs.push(await share("10.9.0.2"));
    await engine.power?.("default/h5", "asleep");
    ours.push(await share("10.9.0.5"));
  }
  await engine.stop();
  const [value, baseline] = [Math.max(...ours), Math.max(...theirs)];
  print({ bench: `sleep.ping.${rate}`, value, unit: "answered", baseline, ratio: value / baseline });
}

async function roundTrips(what: "rules" | "hosts"): Promise<void> {
  const engine = await startEngine();
  await addHost(engine, 5);
  await addRule(engine, 5, echoOn(port));
  const one = [await tripUs(), await tripUs(), await tripUs()];
  for (let count = 1; count < many; count += 1) {
    if (what === "rules") await addRule(engine, 5, echoOn(port + count));
    else {
      await addHost(engine, 5 + count);
      await addRule(engine, 5 + count, echoOn(port));
    }
  }
  const all = [await tripUs(), await tripUs(), await tripUs()];
  await engine.stop();
  const value = Math.min(...all);
  const baseline = Math.min(...one);
  print({ bench: `sleep.rtt.${what}.10000`, value, unit: "µs", baseline, ratio: baseline / value });
}

/** Datagrams that come back a second. */
async function flood(bytes: number, address: string): Promise<number> {
  const text = await onClient("frame-flood", "eth0", bytes, seconds, port, clientAddress, address, proxyMac);
  return (JSON.parse(text) as { rate: number }).rate;
}

async function tripUs(): Promise<number> {
  const text = await onClient("udp-trips", 500, seconds, port, "10.9.0.5");
  return (JSON.parse(text) as { medianUs: number }).medianUs;
}

function onClient(program: string, ...options: (string | number)[]): Promise<string> {
  const client = ["netns", "exec", "client", "taskset", "-c", clientProcessor, `${folder}/${program}`];
  return output(spawn("ip", [...client, ...options.map(String)]));
}

async function withC<T>(work: () => Promise<T>): Promise<T> {
  const child = spawn("taskset", ["-c", sleepProcessor, `${folder}/udp-echo`, String(port)]);
  await new Promise((ready) => child.stdout.once("data", ready));
  try {
    return await work();
  } finally {
    child.kill();
    await new Promise((done) => child.once("close", done));
  }
}

function output(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk) => (text += chunk));
    child.once("close", (code) => (code === 0 ? resolve(text) : reject(new Error(`it exited with ${code}`))));
  });
}

async function startEngine(): Promise<Engine> {
  const engine = sleepEngine();
  const say = (fields: unknown, text: string) => process.stderr.write(`${text}: ${JSON.stringify(fields)}\n`);
  const log = { debug: nothing, info: nothing, warn: say, error: say };
  await engine.start({ changed: nothing, powered: nothing, log, secret: () => Promise.reject(new Error()) });
  // The thread started after the process was pinned, so it is pinned too.
  return engine;
}

function addressOf(host: number): string {
  return `10.9.${host >> 8}.${host & 255}`;
}

async function addHost(engine: Engine, host: number): Promise<void> {
  const hex = host.toString(16).padStart(4, "0");
  const spec: SleeperSpec = {
    type: "sleeper",
    host: `default/h${host}`,
    interfaces: [
      { mac: `02:00:00:01:${hex.slice(0, 2)}:${hex.slice(2)}`, addresses: [`${addressOf(host)}/16`] },
    ],
    takeover: true,
    wake: { transport: "ethernet", repeat: 1 },
    selfService: false,
  };
  const unit = unitOf({ id: `Host/default/h${host}`, engine: "sleep", spec, artifacts: [] });
  await engine.install({ unit, priority: 100, artifacts: new Map() });
  await engine.setState(unit.id, "active");
  await engine.power?.(spec.host, "asleep");
}

interface RuleChoice {
  name: string;
  program: string;
  layer: "UDP" | "ICMP";
  port?: number;
}

function echoOn(onPort: number): RuleChoice {
  return { name: `echo-${onPort}`, program: "udp-echo", layer: "UDP", port: onPort };
}

async function addRule(engine: Engine, host: number, rule: RuleChoice): Promise<void> {
  const program = standardModule(rule.program) as Uint8Array;
  const spec: SleepRuleSpec = {
    type: "rule",
    host: `default/h${host}`,
    layer: rule.layer,
    ...(rule.port !== undefined && { port: rule.port }),
    addresses: [`${addressOf(host)}/32`],
    raw: false,
    config: {},
    limits: { memoryBytes: 1 << 20, timeMs: 50 },
    onFault: "drop",
  };
  const artifacts = [{ name: "program", digest: rule.program, bytes: program.length }];
  const unit = unitOf({ id: `Rule/default/${rule.name}/h${host}`, engine: "sleep", spec, artifacts });
  await engine.install({ unit, priority: 100, artifacts: new Map([["program", program]]) });
  await engine.setState(unit.id, "active");
}

function unitOf(content: Omit<Unit, "digest">): Unit {
  return { ...content, digest: unitDigest(content) };
}

function print(figure: {
  bench: string;
  value: number;
  unit: string;
  baseline: number;
  ratio: number;
}): void {
  const ratio = Math.round(figure.ratio * 1000) / 1000;
  console.log(JSON.stringify({ ...figure, ratio }));
}
