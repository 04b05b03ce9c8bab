import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sleeperView } from "../../../cli/top/sleeper-view.ts";
import { sorted } from "../../../cli/top/top-view.ts";
import type { SleeperItem } from "../../../controller/mod.ts";
import { until } from "../../daemon/sleep/until.ts";

const program = resolve(import.meta.dirname, "../../../cli/main.js");

function item(name: string, more: Partial<SleeperItem> = {}, byRule = 0): SleeperItem {
  const wakes = { byRule, byItself: 0, failed: 0, protocols: {}, rules: {}, recent: [] };
  const counted = { countedSeconds: 100, asleepSeconds: 0, answered: 0 };
  return { host: `default/${name}`, proxy: "default/gw", power: "asleep", ...counted, wakes, ...more };
}

const items = [
  item("b", { asleepSeconds: 10, answered: 1, savedKWh: 3 }, 2),
  item("c", { asleepSeconds: 30, answered: 1 }, 1),
  item("a", { asleepSeconds: 20, answered: 5, savedKWh: -1 }, 3),
];
const orders: [Parameters<typeof sorted>[1], string][] = [
  ["asleep", "c a b"],
  ["answered", "a b c"],
  ["wakes", "a b c"],
  ["saved", "b c a"],
  ["name", "a b c"],
];
for (const [order, expected] of orders) {
  test(`hosts by ${order}: the most first, and those that are even by name`, () => {
    const names = sorted(items, order, sleeperView).map(({ host }) => host.split("/")[1]);
    assert.is(names.join(" "), expected);
  });
}

/** A controller that counts how often it was asked, as packets answered for the host. */
let asked = 0;
const server = createServer((_, response) => {
  asked += 1;
  response.end(JSON.stringify({ items: [item("nas", { answered: asked }), item("pc")] }));
});
let child: ChildProcess | undefined;
test.before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
test.before.each(() => {
  asked = 0;
});
test.after.each(() => void child?.kill("SIGKILL"));
test.after(() => void server.close());

function top(...words: string[]): { output: () => string; ended: Promise<number | null> } {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const made = spawn(process.execPath, [program, "top", "hosts", "--server", address, ...words]);
  child = made;
  let text = "";
  made.stdout.on("data", (piece) => (text += piece));
  made.stderr.on("data", (piece) => (text += piece));
  const ended = new Promise<number | null>((done) => made.once("close", (code) => done(code)));
  return { output: () => text, ended };
}

test("hosts are shown once, in the order that was asked for", async () => {
  const { output, ended } = top("--sort", "answered");
  assert.is(await ended, 0);
  assert.is(asked, 1);
  const names = output()
    .trim()
    .split("\n")
    .map((line) => line.split(/\s+/)[0]);
  assert.equal(names, ["HOST", "nas", "pc"]);
});

test("an order that there is not is refused, and the known ones are named", async () => {
  const { output, ended } = top("--sort", "colour");
  assert.is.not(await ended, 0);
  assert.match(output(), /asleep, answered, wakes, saved, name/);
  const other = top("--sort", "flows");
  assert.is.not(await other.ended, 0);
  assert.match(other.output(), /hosts can be sorted by asleep, answered, wakes, saved, name/);
});

for (const [format, count] of [
  ["table", (text: string) => text.split("HOST").length - 1],
  ["json", (text: string) => text.split("\n").filter(Boolean).length],
  ["yaml", (text: string) => text.split("---\n").length - 1],
] as const) {
  test(`watched, hosts are shown again and again as ${format}, until the user has had enough`, async () => {
    const { output, ended } = top("--watch", "-o", format);
    await until("it is shown a second time", () => count(output()) >= 2);
    child?.kill("SIGINT");
    assert.is(await ended, 0);
    if (format === "json") {
      const shown = output().trim().split("\n");
      const answered = shown.map((line) => JSON.parse(line).items[0].answered);
      assert.equal(answered.slice(0, 2), [1, 2], "each as it was then, in a line of its own");
    }
  });
}

test.run();
