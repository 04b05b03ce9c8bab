import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ObjectDetail, RotationReply } from "../../controller/mod.ts";
import { run, Started } from "./started.ts";
import { until } from "./until.ts";

const root = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const example = root("examples/dns-dialect");
const folder = mkdtempSync(join(tmpdir(), "netloom-dialect-"));
/** A steady load of queries that the taps take for dig. */
const steady = join(folder, "dig");

test.before(() => {
  execFileSync("cc", ["-O2", "-o", steady, root("bench/dns-steady.c")]);
});
test.after(() => {
  Started.killAll();
  rmSync(folder, { recursive: true });
});
test.after.each(async () => {
  if (run("lab", "list").stdout !== "") run("lab", "down");
});

const rotation = (): RotationReply =>
  JSON.parse(run("rotation", "dns", "-o", "json").stdout) as RotationReply;

/** Of a customization's end on the resolver, as was reported last. */
function counterOf(customization: string, counter: string): number {
  const { units } = JSON.parse(
    run("describe", `customization/${customization}`, "-o", "json").stdout,
  ) as ObjectDetail;
  return units.find(({ unit }) => unit?.endsWith("/receiver"))?.counters?.[counter] ?? 0;
}

const tag = Buffer.from("Xdig").toString("hex");
/** A header in plain has one question and no answer; of a compressed query the name is there. */
const plainCounts = /^.{8}00010000/;

function letterOf(payload: string): "t" | "c" | "p" {
  if (payload.slice(0, 64).includes(tag)) return "t";
  return plainCounts.test(payload) ? "p" : "c";
}

/** What the queries that arrive at the resolver are on the wire, a letter each: tagged, compressed or plain. */
async function watchWire(): Promise<() => string> {
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

const seconds = 8;
const digs = 40;

/** Queries of dig, one after another, and of a program of that name at a steady rate; resolves to what came of them. */
async function load(): Promise<Load> {
  const ask = "dig +short +tries=1 +timeout=2 @10.10.0.3 www.test_$i.com || echo lost";
  const loop = new Started([...onClient, "sh", "-c", `for i in $(seq ${digs}); do ${ask}; done`]);
  const flow = new Started([...onClient, steady, "10.10.0.3", "53", "200", `${seconds}`]);
  assert.is(await flow.exit, 0, flow.output);
  assert.is(await loop.exit, 0, loop.output);
  return {
    steady: flow.output.trim().split(" ").slice(0, 3).map(Number) as Load["steady"],
    digs: loop.output.trim().split("\n"),
  };
}
const onClient = ["lab", "exec", "client", "--"];

function assertAnswered({ steady: [sent, answered, wrong], digs: answers }: Load): void {
  assert.equal([sent, answered, wrong], [200 * seconds, 200 * seconds, 0]);
  assert.equal(
    answers,
    Array.from({ length: digs }, () => "10.10.0.3"),
  );
}

test("the example is valid, and passes its own checks", () => {
  assert.is(run("validate", example).code, 0);
  const { code, stdout, stderr } = run("lab", "test", example);
  assert.is(code, 0, stdout + stderr);
  assert.is(stdout.match(/^ok \d+ - /gm)?.length, 3);
});

test("two hosts rotate from tag to compression while queries go on: all are answered, and the old one leaves (§5.3.4)", async () => {
  const lab = new Started(["lab", example]);
  await lab.says("  converged");
  const seen = await watchWire();
  const loading = load();
  await until("tagged queries arrive", () => seen().length > 50);
  assert.is(run("rotate", "dns", "--to", "dns-compress").code, 0);
  await until("moved", () => rotation().current === "dns-compress");
  assertAnswered(await loading);
  await until("all was captured", () => seen().length >= 200 * seconds + digs);
  assert.match(seen(), /^t{50,}c{50,}$/, "never plain, and never back");
  // While the resolver tried the new one first already, queries came that were not its own (document, figure 5.10).
  await until("mismatches are reported", () => counterOf("dns-compress", "mismatches_total") > 0);
  await until("the old one is gone", () => Object.keys(rotation().stages).join() === "dns-compress");
  assert.equal(
    rotation().history.map(({ from, to, cause, outcome }) => [from, to, cause, outcome]),
    [
      [undefined, "dns-tag", "first", "done"],
      ["dns-tag", "dns-compress", "manual", "done"],
    ],
  );
});

test("by its schedule it goes there and back, and all queries are answered", async () => {
  const copy = join(folder, "by-schedule");
  cpSync(example, copy, { recursive: true });
  const path = join(copy, "dialect.yaml");
  const often = { "every: 24h": "every: 3s", "jitter: 4h": "jitter: 0s", "overlap: 5s": "overlap: 300ms" };
  let text = readFileSync(path, "utf8");
  for (const [is, becomes] of Object.entries(often)) {
    assert.ok(text.includes(is));
    text = text.replace(is, becomes);
  }
  writeFileSync(path, text);
  const lab = new Started(["lab", copy]);
  await lab.says("dns ready: dns-tag is in force");
  const seen = await watchWire();
  assertAnswered(await load());
  const { history } = rotation();
  assert.ok(history.filter(({ cause, outcome }) => cause === "schedule" && outcome === "done").length >= 2);
  await until("all was captured", () => seen().length >= 200 * seconds + digs);
  assert.match(seen(), /^[tc]+$/, "never plain");
  assert.match(seen(), /tc+t|ct+c/, "there and back");
});

test.run();
