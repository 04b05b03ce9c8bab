/**
 * A LAN for tests: a switch (a bridge in a namespace of its own) with a client, a host that may sleep, and this process
 * as the proxy, which is 10.9.0.2 and fd09::2 on `lan`.
 */
import { execFileSync } from "node:child_process";
import { Worker } from "node:worker_threads";
import type { Test } from "uvu";
import type { Engine, Log } from "../../../daemon/engine.ts";
import { sleepEngine } from "../../../daemon/sleep/mod.ts";
import { standardModule } from "../../../modules/mod.ts";
import { fail, type SleeperSpec, type SleepRuleSpec, type Unit, unitDigest } from "../../../schemas/mod.ts";
import { stopRunning } from "./running.ts";
import { until } from "./until.ts";

export const hostMac = "02:00:00:00:00:05";
export const proxyMac = "02:00:00:00:00:02";
export const clientMac = "02:00:00:00:00:01";
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

export { until };

const drop = (): void => undefined;
const log: Log = { debug: drop, info: drop, warn: drop, error: drop };
export const powered: string[] = [];

export async function startEngine(secrets: Record<string, string> = {}): Promise<Engine> {
  const engine = sleepEngine();
  await engine.start({
    changed: drop,
    powered: (host, state) => powered.push(`${host} ${state}`),
    log,
    artifact: async (digest) => fail("artifact.missing", { digest }),
    secret: async (name) =>
      Buffer.from(secrets[name] ?? fail("secret.missing", { name, reason: "absent" }), "latin1"),
  });
  return engine;
}

export interface OnLanOptions {
  /** Done once, when the LAN is there. */
  prepare?: () => void;
  /** What the engine finds under the names of secrets. */
  secrets?: Record<string, string>;
}

/**
 * Sets a test file up: the LAN is made once; before each test the host is on it, nobody knows anybody's address, and
 * `begin` is given an engine, which is stopped afterwards with whatever else the test has started. Answers where the engine
 * of the test that runs is.
 */
export function onLan(
  test: Test,
  begin: (engine: Engine) => unknown = () => undefined,
  { prepare, secrets }: OnLanOptions = {},
): { readonly engine: Engine } {
  let engine: Engine | undefined;
  test.before(() => {
    makeLan();
    prepare?.();
  });
  test.before.each(async () => {
    plugHost("up");
    run("ip -n client neigh flush dev eth0; ip -n host neigh flush dev eth0");
    powered.length = 0;
    engine = await startEngine(secrets);
    await begin(engine);
  });
  test.after.each(async () => {
    await stopRunning();
    await engine?.stop();
  });
  return {
    get engine() {
      if (!engine) throw new Error("there is an engine while a test runs");
      return engine;
    },
  };
}

/** Tells the proxy that the host sleeps, and takes it off the LAN. */
export async function fallAsleep(engine: Engine): Promise<void> {
  await engine.power?.("default/nas", "asleep");
  plugHost("down");
}

/** Puts the host back on the LAN, and tells the proxy that it is awake. */
export async function wakeUp(engine: Engine): Promise<void> {
  plugHost("up");
  await engine.power?.("default/nas", "awake");
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

/** A rule that wakes the host for a connection to port 22, and a try to open one (or several) to any port. */
export const synRule = { name: "syn", program: "wake-on-tcp-syn", layer: "TCP", port: 22 } as const;
export const knock = (port: number, count = 1) =>
  tryOnClient(`hping3 -S -p ${port} -c ${count} -i u10000 10.9.0.5`);

export function counter(engine: Engine, unit: Unit, name: string): number {
  return engine.observe().find(({ id }) => id === unit.id)?.counters?.[name] ?? Number.NaN;
}

/** Counters are brought up to date before each look. */
export function untilCounter(engine: Engine, unit: Unit, name: string, wanted: (value: number) => boolean) {
  return until(`${unit.id} ${name}`, async () => {
    await engine.refresh?.();
    return wanted(counter(engine, unit, name));
  });
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
