import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { standardModule } from "../../modules/mod.ts";
import { RunningEngine } from "../../test/daemon/layer45/running-engine.ts";
import { compileC } from "../compile-c.ts";
import { type Figure, print } from "../figure.ts";

const run = promisify(execFile);
const address = "127.0.0.1";
/** A dnsmasq for each way that its messages may go, all there at once. */
const ports = { untouched: 5_301, tapped: 5_302, customized: 5_303 } as const;
type Way = keyof typeof ports;
const touched = ["tapped", "customized"] as const;
const digRounds = 1_000;
const loadSeconds = 2;
const loadRounds = 3;
const windows = { alone: 1, many: 32 } as const;

export async function measureDigs(): Promise<void> {
  return withServers("dig", async (folder) => {
    const program = compileC(folder, "dig-rounds");
    const { stdout } = await run(program, [address, `${digRounds}`, ...Object.values(ports).map(String)]);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => line.split(" ").map(Number));
    const [baseline = 0] = lines[0] ?? [];
    touched.forEach((way, index) => {
      const [, differenceUs = Number.NaN] = lines[index + 1] ?? [];
      const value = (baseline + differenceUs) / 1_000;
      print({ bench: `layer45.dns.${way}`, value, unit: "ms", baseline: baseline / 1_000 });
    });
  });
}

interface Load {
  rate: number;
  p50: number;
  p99: number;
}
const units = { rate: "queries/s", p50: "us", p99: "us" } as const;

export async function measureLoad(): Promise<void> {
  return withServers("dns-load", async (folder) => {
    const program = compileC(folder, "dns-load");
    const best: Record<Way, Load> = { untouched: none(), tapped: none(), customized: none() };
    for (let round = 0; round < loadRounds; round += 1) {
      for (const [way, port] of Object.entries(ports)) await load(program, port, best[way as Way]);
    }
    for (const way of touched) {
      for (const [what, unit] of Object.entries(units) as [keyof Load, Figure["unit"]][]) {
        const [value, baseline] = [best[way][what], best.untouched[what]];
        print({ bench: `layer45.udp.${what}.${way}`, value, unit, baseline });
      }
    }
  });
}

const none = (): Load => ({ rate: 0, p50: Number.POSITIVE_INFINITY, p99: Number.POSITIVE_INFINITY });

/** Whatever else the machine does only ever slows it down, so of several rounds the best counts. */
async function load(program: string, port: number, best: Load): Promise<void> {
  const measure = async (window: number): Promise<number[]> => {
    const { stdout } = await run(program, [address, `${port}`, `${loadSeconds}`, `${window}`]);
    return stdout.trim().split(" ").map(Number);
  };
  const [rate = 0] = await measure(windows.many);
  const [, p50 = Number.NaN, p99 = Number.NaN] = await measure(windows.alone);
  best.rate = Math.max(best.rate, rate);
  best.p50 = Math.min(best.p50, p50);
  best.p99 = Math.min(best.p99, p99);
}

/** With the servers running, and the engine at both ends of two of them: for the client of that name. */
async function withServers(client: string, measure: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "netloom-bench-"));
  const servers = Object.values(ports).map(startServer);
  const engine = await new RunningEngine().start();
  try {
    await Promise.all(servers.map(({ ready }) => ready));
    const module = standardModule("dns-tag-front");
    if (!module) throw new Error("there is no module dns-tag-front");
    for (const way of touched) {
      const state = way === "customized" ? ("active" as const) : ("installed" as const);
      const port = ports[way];
      const common = { name: way, state, limits: { memoryBytes: 1 << 20, timeMs: 1_000 } };
      const receiver = { application: { group: "dnsmasq" }, local: { port } };
      await engine.install(module, { ...common, role: "receiver", tap: receiver });
      await engine.install(module, { ...common, tap: { application: { group: client }, remote: { port } } });
    }
    await measure(folder);
  } finally {
    await engine.engine.stop();
    for (const { process } of servers) process.kill();
    rmSync(folder, { recursive: true });
  }
}

function startServer(port: number): { process: ChildProcess; ready: Promise<void> } {
  const process = spawn("dnsmasq", [
    ...["-d", "-C", "/dev/null", "-p", `${port}`, "--no-resolv", "--no-hosts", "--cache-size=0"],
    ...["--address=/#/10.10.0.3", "--log-facility=-"],
  ]);
  const ready = new Promise<void>((done, failed) => {
    process.stderr.on("data", (text: Buffer) => {
      if (/started/.test(`${text}`)) done();
    });
    process.once("exit", (code) => failed(new Error(`dnsmasq ended with ${code}`)));
  });
  return { process, ready };
}
