/**
 * A LAN for tests: a switch (a bridge in a namespace of its own) with a client, a host that may sleep, and this process
 * as the proxy, which is 10.9.0.2 and fd09::2 on `lan`.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { Worker } from "node:worker_threads";
import type { Engine, Log } from "../../../daemon/engine.ts";
import { sleepEngine } from "../../../daemon/sleep/mod.ts";
import { standardModule } from "../../../modules/mod.ts";
import { fail, type SleeperSpec, type SleepRuleSpec, type Unit, unitDigest } from "../../../schemas/mod.ts";

export const hostMac = "02:00:00:00:00:05";
export const proxyMac = "02:00:00:00:00:02";
export const clientMac = "02:00:00:00:00:01";
const deadlineMs = 15_000;

export const run = (line: string): string =>
  execFileSync("sh", ["-euc", line], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
export const onClient = (line: string): string => run(`ip netns exec client ${line}`);

/** What the command prints, whatever it exits with: ping without answers is no error here. */
export function tryOnClient(line: string): string {
  return run(`ip netns exec client ${line} 2>&1 || true`);
}

export function makeLan(): void {
  run(`
    ip netns add switch; ip -n switch link add lan type bridge; ip -n switch link set lan up
    port() { # namespace, interface, mac, addresses
      ip -n switch link add "to-$1" type veth peer name "$2" netns "$3"
      ip -n switch link set "to-$1" master lan up
    }
    for name in client host; do
      ip netns add $name; ip -n $name link set lo up
      ip -n switch link add to-$name type veth peer name eth0 netns $name
      ip -n switch link set to-$name master lan up
      ip netns exec $name sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.eth0.accept_dad=0
    done
    ip -n switch link add to-proxy type veth peer name lan netns $$
    ip -n switch link set to-proxy master lan up
    ip -n client link set eth0 address ${clientMac} up
    ip -n host link set eth0 address ${hostMac} up
    ip link set lan address ${proxyMac} up
    sysctl -qw net.ipv6.conf.lan.accept_dad=0
    ip -n client addr add 10.9.0.1/24 dev eth0; ip -n client addr add fd09::1/64 dev eth0 nodad
    ip -n host addr add 10.9.0.5/24 dev eth0; ip -n host addr add fd09::5/64 dev eth0 nodad
    ip addr add 10.9.0.2/24 dev lan; ip addr add fd09::2/64 dev lan nodad`);
}

/** Takes the host off the LAN, or puts it back: the addresses stay, its link to the switch goes down. */
export function plugHost(state: "down" | "up"): void {
  run(`ip -n switch link set to-host ${state}`);
}

const drop = (): void => undefined;
const log: Log = { debug: drop, info: drop, warn: drop, error: drop };
export const powered: string[] = [];

export async function startEngine(secrets: Record<string, string> = {}): Promise<Engine> {
  const engine = sleepEngine();
  await engine.start({
    changed: drop,
    powered: (host, state) => powered.push(`${host} ${state}`),
    log,
    secret: async (name) =>
      Buffer.from(secrets[name] ?? fail("secret.missing", { name, reason: "absent" }), "latin1"),
  });
  return engine;
}

export function sleeperUnit(options: Partial<SleeperSpec> = {}, name = "nas"): Unit {
  const spec: SleeperSpec = {
    type: "sleeper",
    host: `default/${name}`,
    interfaces: [{ mac: hostMac, addresses: ["10.9.0.5/24", "fd09::5/64"] }],
    takeover: true,
    wake: { transport: "ethernet", repeat: 2 },
    selfService: false,
    ...options,
  };
  const content = { id: `Host/default/${name}`, engine: "sleep" as const, spec, artifacts: [] };
  return { ...content, digest: unitDigest(content) };
}

export interface RuleOptions extends Partial<SleepRuleSpec> {
  name: string;
  /** A standard rule by name, or a module's bytes. */
  program: string | Uint8Array;
}

export function ruleUnit({ name, program, ...options }: RuleOptions): { unit: Unit; program: Uint8Array } {
  const bytes = typeof program === "string" ? standardModule(program) : program;
  if (!bytes) throw new Error(`there is no standard module ${program}`);
  const spec: SleepRuleSpec = {
    type: "rule",
    host: "default/nas",
    layer: "IP",
    addresses: ["10.9.0.5/32", "fd09::5/128"],
    raw: false,
    config: {},
    limits: { memoryBytes: 1 << 20, timeMs: 50 },
    onFault: "drop",
    ...options,
  };
  const digest = unitDigest({
    id: name,
    engine: "sleep",
    spec: Buffer.from(bytes).toString("hex"),
    artifacts: [],
  });
  const artifacts = [{ name: "program", digest, bytes: bytes.length }];
  const content = { id: `Rule/default/${name}/nas`, engine: "sleep" as const, spec, artifacts };
  return { unit: { ...content, digest: unitDigest(content) }, program: bytes };
}

export async function installSleeper(engine: Engine, unit = sleeperUnit()): Promise<Unit> {
  await engine.install({ unit, priority: 100, artifacts: new Map() });
  await engine.setState(unit.id, "active");
  return unit;
}

export async function installRule(engine: Engine, options: RuleOptions, priority = 100): Promise<Unit> {
  const { unit, program } = ruleUnit(options);
  await engine.install({ unit, priority, artifacts: new Map([["program", program]]) });
  await engine.setState(unit.id, "active");
  return unit;
}

export function counter(engine: Engine, unit: Unit, name: string): number {
  return engine.observe().find(({ id }) => id === unit.id)?.counters?.[name] ?? Number.NaN;
}

export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const endMs = Date.now() + deadlineMs; !(await condition()); ) {
    if (Date.now() > endMs) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Counters are brought up to date before each look. */
export function untilCounter(engine: Engine, unit: Unit, name: string, wanted: (value: number) => boolean) {
  return until(`${unit.id} ${name}`, async () => {
    await engine.refresh?.();
    return wanted(counter(engine, unit, name));
  });
}

export interface Capture {
  /** Lines so far, a frame each, as tshark prints the fields. */
  lines: string[];
  stop(): Promise<void>;
}

const captures = new Set<Capture>();

/** For `after.each`: a capture that a failed test left running would keep the process. */
export async function stopCaptures(): Promise<void> {
  await Promise.all([...captures].map((one) => one.stop()));
}

/** Frames that arrive in a namespace, by a display filter; resolves when tshark listens. */
export async function capture(
  namespace: string,
  device: string,
  filter: string,
  fields: string[],
): Promise<Capture> {
  const child: ChildProcess = spawn(
    "ip",
    [
      "netns",
      "exec",
      namespace,
      "tshark",
      "-l",
      "-n",
      "-i",
      device,
      "-Y",
      filter,
      "-T",
      "fields",
      ...fields.flatMap((field) => ["-e", field]),
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const made: Capture = {
    lines: [],
    stop: () =>
      new Promise((resolve) => {
        captures.delete(made);
        child.once("close", () => resolve());
        child.kill("SIGTERM");
      }),
  };
  captures.add(made);
  let text = "";
  child.stdout?.on("data", (chunk) => {
    text += chunk;
    const lines = text.split("\n");
    text = lines.pop() as string;
    made.lines.push(...lines);
  });
  let said = "";
  child.stderr?.on("data", (chunk) => (said += chunk));
  await until("tshark listens", () => said.includes("Capture started"));
  return made;
}

/** Sends frames from the client as they are, however wrong. */
export async function sendFrames(frames: Uint8Array[]): Promise<void> {
  const worker = new Worker(new URL("./client-sender.js", import.meta.url));
  try {
    await new Promise((resolve, reject) => {
      worker.once("message", resolve).once("error", reject);
      worker.postMessage(frames);
    });
  } finally {
    await worker.terminate();
  }
}
