/**
 * The sleep proxy against a program in C with one UDP socket, in the same run, on the same processor (`udp-echo.c`), under
 * a client that keeps a window of datagrams in flight (`udp-flood.c`) on another one.
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
const windowPackets = 256;
const seconds = 0.4;
/** The two take turns, and of each the best counts: whatever else the machine does only ever slows one down. */
const rounds = 9;
const many = 10_000;
const nothing = (): void => undefined;
const run = (line: string): string => execFileSync("sh", ["-euc", line], { encoding: "utf8" });
const sleepProcessor = "0";
const clientProcessor = "1";

interface Flood {
  rate: number;
  medianUs: number;
}

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
    for name in udp-echo udp-flood ping-flood; do cc -O2 -o ${folder}/$name bench/$name.c; done
    ip netns add client
    ip link add lan type veth peer name eth0 netns client
    ip link set lan address 02:00:00:00:00:02 up; ip addr add 10.9.0.2/16 dev lan
    ip -n client link set lo up; ip -n client link set eth0 up; ip -n client addr add 10.9.255.1/16 dev eth0
    taskset -apc ${sleepProcessor} ${process.pid} >/dev/null`);
}

async function echo(bytes: number): Promise<void> {
  const engine = await startEngine();
  await addHost(engine, 5);
  await addRule(engine, 5, echoOn(port));
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    theirs.push((await withC(() => flood(bytes, windowPackets, "10.9.0.2"))).rate);
    ours.push((await flood(bytes, windowPackets, "10.9.0.5")).rate);
  }
  await engine.stop();
  const [value, baseline] = [Math.max(...ours), Math.max(...theirs)];
  print({ bench: `sleep.echo.${bytes}`, value, unit: "packets/s", baseline, ratio: value / baseline });
}

async function pings(rate: number): Promise<void> {
  const engine = await startEngine();
  await addHost(engine, 5);
  await addRule(engine, 5, { name: "ping", program: "icmp-echo", layer: "ICMP" });
  const share = async (address: string) => {
    const text = await onClient("ping-flood", [rate, seconds * 4], address);
    const { sent, answered } = JSON.parse(text) as { sent: number; answered: number };
    return answered / sent;
  };
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    theirs.push(await share("10.9.0.2"));
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
  const one = [await flood(500, 1, "10.9.0.5"), await flood(500, 1, "10.9.0.5")];
  for (let count = 1; count < many; count += 1) {
    if (what === "rules") await addRule(engine, 5, echoOn(port + count));
    else {
      await addHost(engine, 5 + count);
      await addRule(engine, 5 + count, echoOn(port));
    }
  }
  const all = [await flood(500, 1, "10.9.0.5"), await flood(500, 1, "10.9.0.5")];
  await engine.stop();
  const value = Math.min(...all.map(({ medianUs }) => medianUs));
  const baseline = Math.min(...one.map(({ medianUs }) => medianUs));
  print({ bench: `sleep.rtt.${what}.10000`, value, unit: "µs", baseline, ratio: baseline / value });
}

async function flood(bytes: number, window: number, address: string): Promise<Flood> {
  const text = await onClient("udp-flood", [bytes, seconds, window, port], address);
  return JSON.parse(text) as Flood;
}

function onClient(program: string, numbers: number[], address: string): Promise<string> {
  const client = ["netns", "exec", "client", "taskset", "-c", clientProcessor, `${folder}/${program}`];
  return output(spawn("ip", [...client, ...numbers.map(String), address]));
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
