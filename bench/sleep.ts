/**
 * The sleep proxy against a program in C with one UDP socket (`udp-echo.c`), in the same run, on the same processor, while
 * another processor sends as much as it can (`frame-flood.c`). The client's answers end at its interface, so that the two
 * are told apart by what they can do, and not by what the client can take.
 *
 *   sleep.echo.50 .500 .1000    echoes a second by payload; ratio = ours / C
 *   sleep.rtt.rules.10000       median round trip in µs with 10,000 rules; baseline with one; ratio = one / many
 *   sleep.rtt.hosts.10000       the same with 10,000 sleeping hosts
 *   sleep.work.check .checksum .substring .sha256 .aes256   as sleep.echo.500, with the work of that rule (udp-work.c)
 *   sleep.memory.idle           resident MiB of a daemon with nothing to do; baseline: the aim
 *   sleep.memory.rule           resident KiB of one more rule of a module that is loaded; baseline: the aim
 *   sleep.plots                 (only when asked for) measures docs/figures/sleep.json anew and draws it
 *   sleep.ping.100000           answered share of echo requests at that rate; baseline: the kernel's own answers
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { asked, isAsked } from "./asked.ts";
import { print } from "./figure.ts";
import {
  addHost,
  addRule,
  cleanUp,
  echoOn,
  fallAsleep,
  flood,
  hostAddress,
  pingShare,
  port,
  prepare,
  proxyAddress,
  ruleFor,
  settled,
  startEngine,
  tripUs,
  type Work,
  withC,
  withoutAnswers,
} from "./sleep/lan.ts";
import { measurePlots } from "./sleep/measure-plots.ts";

/** The two take turns, and of each the best counts: whatever else the machine does only ever slows one down. */
const rounds = 10;
const many = 10_000;

try {
  prepare();
  for (const bytes of [50, 500, 1_000])
    if (isAsked(`sleep.echo.${bytes}`)) await throughput(`sleep.echo.${bytes}`, "echo", bytes);
  for (const work of ["check", "checksum", "substring", "sha256", "aes256"] as const) {
    if (isAsked(`sleep.work.${work}`)) await throughput(`sleep.work.${work}`, work, 500);
  }
  if (isAsked("sleep.ping.100000")) await pings(100_000);
  if (isAsked("sleep.rtt.rules.10000")) await roundTrips("rules");
  if (isAsked("sleep.rtt.hosts.10000")) await roundTrips("hosts");
  if (asked === "sleep.memory.rule") await ruleMemory();
  else if (isAsked("sleep.memory.rule")) {
    // In a process of its own, as what the figures before it have freed is no rule's; and where there is no link of that name yet.
    const words = [process.execPath, process.argv[1] as string, "sleep.memory.rule"];
    execFileSync("lab/sandbox", words, { stdio: "inherit" });
  }
  if (isAsked("sleep.memory.idle")) await idleMemory();
  if (asked === "sleep.plots") await measurePlots();
} finally {
  cleanUp();
}

async function throughput(bench: string, work: Work, bytes: number): Promise<void> {
  const engine = await startEngine();
  await addHost(engine, 5);
  await addRule(engine, 5, ruleFor(work));
  const ours: number[] = [];
  const theirs: number[] = [];
  await withoutAnswers(async () => {
    for (let round = 0; round < rounds; round += 1) {
      // While the C program has its turn the proxy listens to nothing.
      await engine.power?.("default/h5", "awake");
      theirs.push(await withC(work, () => flood(bytes, proxyAddress)));
      await fallAsleep(engine);
      ours.push(await flood(bytes, hostAddress));
    }
  });
  await engine.stop();
  const [value, baseline] = [Math.max(...ours), Math.max(...theirs)];
  print({ bench, value, unit: "packets/s", baseline });
}

async function pings(rate: number): Promise<void> {
  const engine = await startEngine();
  await addHost(engine, 5);
  await addRule(engine, 5, { name: "ping", program: "icmp-echo", layer: "ICMP" });
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await engine.power?.("default/h5", "awake");
    theirs.push(await pingShare(proxyAddress, rate));
    await fallAsleep(engine);
    ours.push(await pingShare(hostAddress, rate));
  }
  await engine.stop();
  const [value, baseline] = [Math.max(...ours), Math.max(...theirs)];
  print({ bench: `sleep.ping.${rate}`, value, unit: "of the requests", baseline });
}

async function roundTrips(what: "rules" | "hosts"): Promise<void> {
  const engine = await startEngine();
  await addHost(engine, 5);
  await addRule(engine, 5, echoOn(port));
  await settled();
  const one = [await tripUs(), await tripUs(), await tripUs()];
  for (let count = 1; count < many; count += 1) {
    if (what === "rules") await addRule(engine, 5, echoOn(port + count));
    else {
      await addHost(engine, 5 + count);
      await addRule(engine, 5 + count, echoOn(port));
    }
  }
  await settled();
  const all = [await tripUs(), await tripUs(), await tripUs()];
  await engine.stop();
  const value = Math.min(...all);
  const baseline = Math.min(...one);
  print({ bench: `sleep.rtt.${what}.10000`, value, unit: "us", baseline });
}

/** What one more rule of a module that is loaded already takes, of this process with the engine in it. */
async function ruleMemory(): Promise<void> {
  const engine = await startEngine();
  await addHost(engine, 5);
  const aim = 100;
  const [few, more] = [1_000, 5_000];
  let before = 0;
  for (let count = 1; count <= more; count += 1) {
    await addRule(engine, 5, echoOn(port + count));
    if (count === few) before = residentKiB(process.pid);
  }
  const value = (residentKiB(process.pid) - before) / (more - few);
  await engine.stop();
  print({ bench: "sleep.memory.rule", value, unit: "KiB", baseline: aim });
}

/** A daemon of its own, with no bus and no unit, once its engines are up. */
async function idleMemory(): Promise<void> {
  const aim = 120;
  const state = mkdtempSync(join(tmpdir(), "netloom-bench-state-"));
  const main = resolve(import.meta.dirname, "../cli/main.js");
  const options = ["--host", "default/gw", "--bus", "nats://127.0.0.1:4", "--state-dir", state];
  const child = spawn(process.execPath, [main, "daemon", ...options, "--metrics", "127.0.0.1:9464"]);
  try {
    while (!(await isAlive("http://127.0.0.1:9464/healthz"))) await new Promise((go) => setTimeout(go, 50));
    const samples: number[] = [];
    for (let count = 0; count < 20; count += 1) {
      samples.push(residentKiB(child.pid as number) / 1024);
      await new Promise((go) => setTimeout(go, 100));
    }
    const value = Math.max(...samples);
    print({ bench: "sleep.memory.idle", value, unit: "MiB", baseline: aim });
  } finally {
    child.kill();
    await new Promise((done) => child.once("close", done));
    rmSync(state, { recursive: true });
  }
}

function isAlive(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

function residentKiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}
