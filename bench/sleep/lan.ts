import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Engine } from "../../daemon/engine.ts";
import { sleepEngine } from "../../daemon/sleep/mod.ts";
import { standardModule } from "../../modules/mod.ts";
import { type SleeperSpec, type SleepRuleSpec, type Unit, unitDigest } from "../../schemas/mod.ts";
import { compileC } from "../compile-c.ts";

/** A proxy (this process, on one processor) and a client (on the other), with a link between them. */
const folder = mkdtempSync(join(tmpdir(), "netloom-bench-"));
export const port = 5100;
export const seconds = 0.15;
const nothing = (): void => undefined;
export const run = (line: string): string => execFileSync("sh", ["-euc", line], { encoding: "utf8" });
const clientAddress = "10.9.255.1";
const proxyMac = "02:00:00:00:00:02";
const nobodysMac = "02:00:00:00:00:99";
export const proxyAddress = "10.9.0.2";
/** Of host 5. */
export const hostAddress = "10.9.0.5";
const sleepProcessor = "0";
const clientProcessor = "1";

export function prepare(): void {
  for (const name of ["udp-echo", "udp-work", "frame-flood", "udp-trips", "ping-flood"])
    compileC(folder, name);
  run(`
    ip netns add client
    ip link add lan type veth peer name eth0 netns client
    ip link set lan address ${proxyMac} up; ip addr add 10.9.0.2/16 dev lan
    ip -n client link set lo up; ip -n client link set eth0 up; ip -n client addr add ${clientAddress}/16 dev eth0
    taskset -apc ${sleepProcessor} ${process.pid} >/dev/null`);
}

export function cleanUp(): void {
  rmSync(folder, { recursive: true });
}

/**
 * Has answers end at the client's interface, so that it is not the client's receiving that is measured: they go to a link
 * address that is not its own, as do the answers of a machine that is not this one.
 */
export async function withoutAnswers<T>(work: () => Promise<T>): Promise<T> {
  run(`ip neigh replace ${clientAddress} lladdr ${nobodysMac} dev lan nud permanent`);
  try {
    return await work();
  } finally {
    run(`ip neigh del ${clientAddress} dev lan`);
  }
}

/** What the C program does while it has its turn: send back, or the work of a rule. */
export type Work = "echo" | "check" | "checksum" | "substring" | "sha256" | "aes256";

/** Datagrams that come back a second, of `rate` or as many as can be sent. */
export async function flood(
  bytes: number,
  address: string,
  { rate, forSeconds = seconds }: { rate?: number; forSeconds?: number } = {},
): Promise<number> {
  const given = ["eth0", bytes, forSeconds, port, clientAddress, address, nobodysMac, proxyMac];
  const text = await onClient("frame-flood", ...given, ...(rate === undefined ? [] : [rate]));
  return (JSON.parse(text) as { rate: number }).rate;
}

/** Median round trip of a datagram to host 5. */
export async function tripUs(): Promise<number> {
  const text = await onClient("udp-trips", 500, seconds, port, "10.9.0.5");
  return (JSON.parse(text) as { medianUs: number }).medianUs;
}

/** Share of echo requests that is answered at a rate. */
export async function pingShare(address: string, rate: number, forSeconds = seconds * 4): Promise<number> {
  const text = await onClient("ping-flood", rate, forSeconds, address);
  const { sent, answered } = JSON.parse(text) as { sent: number; answered: number };
  return answered / sent;
}

function onClient(program: string, ...options: (string | number)[]): Promise<string> {
  const client = ["netns", "exec", "client", "taskset", "-c", clientProcessor, `${folder}/${program}`];
  return output(spawn("ip", [...client, ...options.map(String)]));
}

export async function withC<T>(what: Work, work: () => Promise<T>): Promise<T> {
  const program = what === "echo" ? ["udp-echo", `${port}`] : ["udp-work", `${port}`, what];
  const child = spawn("taskset", ["-c", sleepProcessor, `${folder}/${program[0]}`, ...program.slice(1)]);
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

export async function startEngine(): Promise<Engine> {
  const engine = sleepEngine();
  const say = (fields: unknown, text: string) => process.stderr.write(`${text}: ${JSON.stringify(fields)}\n`);
  const log = { debug: nothing, info: nothing, warn: say, error: say };
  const none = () => Promise.reject(new Error());
  await engine.start({ changed: nothing, powered: nothing, log, artifact: none, secret: none });
  // The thread started after the process was pinned, so it is pinned too.
  return engine;
}

/** For some time after a host fell asleep the proxy tells the kernel what to leave to it, which is not what is measured. */
const settledMs = 500;

export async function fallAsleep(engine: Engine): Promise<void> {
  await engine.power?.("default/h5", "asleep");
  await settled();
}

export async function settled(): Promise<void> {
  await delay(settledMs);
}

function addressOf(host: number): string {
  return `10.9.${host >> 8}.${host & 255}`;
}

export async function addHost(engine: Engine, host: number): Promise<void> {
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

export interface RuleChoice {
  name: string;
  program: string;
  layer: "UDP" | "ICMP";
  port?: number;
}

/** The rule that does the work, on the port that is flooded. */
export function ruleFor(work: Work): RuleChoice {
  return { ...echoOn(port), program: `udp-${work}` };
}

export function echoOn(onPort: number): RuleChoice {
  return { name: `echo-${onPort}`, program: "udp-echo", layer: "UDP", port: onPort };
}

export async function addRule(engine: Engine, host: number, rule: RuleChoice): Promise<void> {
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
