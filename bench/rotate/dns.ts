import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run, Started } from "../../test/lab/started.ts";
import { compileC } from "../compile-c.ts";
import { print } from "../figure.ts";
import { type Past, printTimes, rotate, rotateDuring } from "./rotations.ts";

const rate = 2_000;
const calmSeconds = 5;
const loadSeconds = 16;
const example = fileURLToPath(new URL("../../../examples/dns-dialect", import.meta.url));

/** In the lab of `examples/dns-dialect`: from a client to dnsmasq, while both hosts rotate between two dialects. */
export async function measureDns(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "netloom-rotate-"));
  try {
    // The taps of the example name dig.
    const steady = compileC(folder, "dns-steady", { as: "dig" });
    cpSync(example, join(folder, "dialect"), { recursive: true });
    const file = join(folder, "dialect", "dialect.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("overlap: 5s", "overlap: 300ms"));
    const lab = new Started(["lab", join(folder, "dialect")]);
    await lab.says("  converged");
    await measure(steady);
    run("lab", "down");
    await lab.exit;
  } finally {
    Started.killAll();
    rmSync(folder, { recursive: true });
  }
}

async function measure(steady: string): Promise<void> {
  const rotations = (): Promise<Past[]> => rotate("dns", ["dns-tag", "dns-compress"]);
  const unloaded = await rotations();
  const calm = await ask(steady, calmSeconds);
  const { outcome: load, loaded } = await rotateDuring(ask(steady, loadSeconds), rotations);
  const lost = load.sent - load.answered + load.wrong;
  const answered = (load.sent - lost) / load.sent;
  print({ bench: "rotate.answered", value: answered, unit: "of the queries", baseline: 1 });
  if (lost > 0)
    process.stderr.write(
      `of them ${overflows("client") + overflows("resolver")} for a full socket or queue\n`,
    );
  print({ bench: "rotate.p50", value: load.p50, unit: "us", baseline: calm.p50 });
  print({ bench: "rotate.p99", value: load.p99, unit: "us", baseline: calm.p99 });
  printTimes("rotate", loaded, unloaded);
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

interface Load {
  sent: number;
  answered: number;
  wrong: number;
  p50: number;
  p99: number;
}

async function ask(steady: string, seconds: number): Promise<Load> {
  const words = ["lab", "exec", "client", "--", steady, "10.10.0.3", "53", `${rate}`, `${seconds}`];
  const asking = new Started(words);
  if ((await asking.exit) !== 0) throw new Error(asking.output);
  const [sent = 0, answered = 0, wrong = 0, p50 = 0, p99 = 0] = asking.output.trim().split(" ").map(Number);
  return { sent, answered, wrong, p50, p99 };
}
