/**
 * Rotations under load, in the lab of `examples/dns-dialect`, with the real engine: DNS at 2,000 queries a second from a client to
 * dnsmasq, while both hosts rotate between two customizations of it.
 *
 * `rotate.answered`: the part of the queries that was answered rightly; aim: all. On a machine that has too little time for
 * all of it, sockets overflow whether there is a rotation or not: how many datagrams the kernels of both hosts dropped for that is said.
 * `rotate.p50`, `rotate.p99`: time of a query in microseconds; baseline: of the same load, customized, with no rotation.
 * `rotate.whole` and, of its steps, `rotate.deployReceivers`, `.deploySenders`, `.preferReceivers`, `.preferSenders`: median of the
 * rotations, in milliseconds; baseline: the same rotations with no load.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RotationReply } from "../controller/mod.ts";
import { run, Started } from "../test/lab/started.ts";
import { until } from "../test/lab/until.ts";
import { compileC } from "./compile-c.ts";
import { print } from "./figure.ts";
import { median } from "./median.ts";

const rate = 2_000;
const calmSeconds = 5;
const loadSeconds = 16;
const rotations = 4;
const steps = ["deployReceivers", "deploySenders", "preferReceivers", "preferSenders"] as const;

type Past = RotationReply["history"][number];
interface Load {
  sent: number;
  answered: number;
  wrong: number;
  p50: number;
  p99: number;
}

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "netloom-rotate-"));
try {
  // The taps of the example name dig.
  const steady = compileC(folder, "dns-steady", { as: "dig" });
  cpSync(root("examples/dns-dialect"), join(folder, "dialect"), { recursive: true });
  const file = join(folder, "dialect", "dialect.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("overlap: 5s", "overlap: 300ms"));
  const lab = new Started(["lab", join(folder, "dialect")]);
  await lab.says("  converged");
  await measure(steady);
  run("lab", "down");
} finally {
  Started.killAll();
  rmSync(folder, { recursive: true });
}

async function measure(steady: string): Promise<void> {
  const unloaded = await rotate();
  const calm = await ask(steady, calmSeconds);
  let isOver = false;
  const asking = ask(steady, loadSeconds).finally(() => (isOver = true));
  const loaded = await rotate();
  if (isOver) throw new Error("the load ended before the rotations did; the machine is too busy to measure");
  const load = await asking;
  const lost = load.sent - load.answered + load.wrong;
  const answered = (load.sent - lost) / load.sent;
  print({ bench: "rotate.answered", value: answered, unit: "of the queries", baseline: 1 });
  if (lost > 0)
    process.stderr.write(
      `of them ${overflows("client") + overflows("resolver")} for a full socket or queue\n`,
    );
  print({ bench: "rotate.p50", value: load.p50, unit: "us", baseline: calm.p50 });
  print({ bench: "rotate.p99", value: load.p99, unit: "us", baseline: calm.p99 });
  const compare = (bench: string, tookMs: (past: Past) => number): void =>
    print({
      bench,
      value: median(loaded.map(tookMs)),
      unit: "ms",
      baseline: median(unloaded.map(tookMs)),
    });
  compare("rotate.whole", wholeOf);
  for (const step of steps) compare(`rotate.${step}`, (past) => past.tookMs?.[step] ?? Number.NaN);
}

/** There and back, so many times; resolves to what the controller kept of it. */
async function rotate(): Promise<Past[]> {
  for (let count = 0; count < rotations; count++) {
    const to = standing().current === "dns-tag" ? "dns-compress" : "dns-tag";
    const { code, stderr } = run("rotate", "dns", "--to", to);
    if (code !== 0) throw new Error(stderr);
    await until(`${to} is in force`, () => standing().current === to);
  }
  return standing().history.slice(-rotations);
}

/** Datagrams that a host's kernel dropped because a socket's buffer (UDP, or the queue's) was full. */
function overflows(host: string): number {
  const sources = ["/proc/net/snmp", "/proc/net/netfilter/nfnetlink_queue"];
  const lines = run("lab", "exec", host, "--", "cat", ...sources).stdout.split("\n");
  const udp =
    lines
      .filter((line) => line.startsWith("Udp: "))
      .at(-1)
      ?.split(" ") ?? [];
  // RcvbufErrors; and of a queue, what was dropped because it, or its reader's socket, was full.
  const queues = lines.filter((line) => /^\s*\d+\s/.test(line)).map((line) => line.trim().split(/\s+/));
  return queues.reduce((sum, fields) => sum + Number(fields[5]) + Number(fields[6]), Number(udp[5]));
}

function standing(): RotationReply {
  return JSON.parse(run("rotation", "dns", "-o", "json").stdout) as RotationReply;
}

function wholeOf({ started, ended }: Past): number {
  return Date.parse(ended) - Date.parse(started);
}

async function ask(steady: string, seconds: number): Promise<Load> {
  const words = ["lab", "exec", "client", "--", steady, "10.10.0.3", "53", `${rate}`, `${seconds}`];
  const asking = new Started(words);
  if ((await asking.exit) !== 0) throw new Error(asking.output);
  const [sent = 0, answered = 0, wrong = 0, p50 = 0, p99 = 0] = asking.output.trim().split(" ").map(Number);
  return { sent, answered, wrong, p50, p99 };
}
