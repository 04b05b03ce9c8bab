import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import type { RotationReply } from "../../controller/mod.ts";
import { run, Started } from "./started.ts";

const root = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
/** The repository of the two hosts. */
export const example = root("examples/dns-dialect");
export const folder = mkdtempSync(join(tmpdir(), "netloom-dialect-"));
/** A steady load of queries that the taps take for dig. */
const steady = join(folder, "dig");

execFileSync("cc", ["-O2", "-o", steady, root("bench/dns-steady.c")]);

/** Ends what a test left running, and leaves no files. */
export function endDialect(): void {
  Started.killAll();
  rmSync(folder, { recursive: true });
}

/** Where the rotation stands. */
export const rotation = (): RotationReply =>
  JSON.parse(run("rotation", "dns", "-o", "json").stdout) as RotationReply;

const tag = Buffer.from("Xdig").toString("hex");
/** A header in plain has one question and no answer; of a compressed query the name is there. */
const plainCounts = /^.{8}00010000/;

function letterOf(payload: string): "t" | "c" | "p" {
  if (payload.slice(0, 64).includes(tag)) return "t";
  return plainCounts.test(payload) ? "p" : "c";
}

/** What the queries that arrive at the resolver are on the wire, a letter each: tagged, compressed or plain. */
export async function watchWire(): Promise<() => string> {
  const words = ["tshark", "-i", "eth0", "-l", "-f", "udp dst port 53", "-T", "fields", "-e", "udp.payload"];
  const tshark = new Started(["lab", "exec", "resolver", "--", ...words]);
  await tshark.says("Capturing on");
  return () => (tshark.output.match(/^[0-9a-f]+$/gm) ?? []).map(letterOf).join("");
}

interface Load {
  /** Queries sent, answered, and answered wrongly. */
  steady: [number, number, number];
  digs: string[];
}

const [perSecond, seconds, digs] = [200, 8, 40];
/** Queries that `load` asks. */
export const queries = perSecond * seconds + digs;

/** Queries of dig, one after another, and of a program of that name at a steady rate; resolves to what came of them. */
export async function load(): Promise<Load> {
  const ask = "dig +short +tries=1 +timeout=2 @10.10.0.3 www.test_$i.com || echo lost";
  const loop = new Started([...onClient, "sh", "-c", `for i in $(seq ${digs}); do ${ask}; done`]);
  const flow = new Started([...onClient, steady, "10.10.0.3", "53", `${perSecond}`, `${seconds}`]);
  assert.is(await flow.exit, 0, flow.output);
  assert.is(await loop.exit, 0, loop.output);
  return {
    steady: flow.output.trim().split(" ").slice(0, 3).map(Number) as Load["steady"],
    digs: loop.output.trim().split("\n"),
  };
}
const onClient = ["lab", "exec", "client", "--"];

export function assertAnswered({ steady: [sent, answered, wrong], digs: answers }: Load): void {
  assert.equal([sent, answered, wrong], [perSecond * seconds, perSecond * seconds, 0]);
  assert.equal(
    answers,
    Array.from({ length: digs }, () => "10.10.0.3"),
  );
}
