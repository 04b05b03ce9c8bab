import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isRootOfMachine } from "../../root-of-machine.ts";
import { until } from "../sleep/until.ts";
import { flipModule } from "./modules.ts";
import { RunningEngine, type UnitOptions } from "./running-engine.ts";

const port = 7003;
const script = join(import.meta.dirname, "../../../../test/daemon/layer45/blocking-peer.py");
const limits = { memoryBytes: 1 << 20, timeMs: 200 };
const sender: UnitOptions = { name: "sender", tap: { protocol: "TCP", remote: { port } }, limits };
const receiver: UnitOptions = {
  name: "receiver",
  role: "receiver",
  tap: { protocol: "TCP", local: { port } },
  limits,
};
const run = promisify(execFile);

let engine: RunningEngine;
let server: ChildProcess | undefined;

async function listen(...words: string[]): Promise<() => string> {
  const child = spawn("python3", words, { stdio: ["ignore", "pipe", "inherit"] });
  server = child;
  let output = "";
  child.stdout.on("data", (text) => (output += text));
  await until("the server listens", () => /listening/i.test(output));
  return () => output;
}

test.before.each(async () => {
  engine = await new RunningEngine().start();
});
test.after.each(async () => {
  await engine.engine.stop();
  server?.kill("SIGKILL");
  server = undefined;
});

if (isRootOfMachine()) {
  test("who blocks in reads of five bytes first gets every byte of a customized stream, both ways", async () => {
    const [size, rounds] = [30_000, 60];
    const hash = createHash("sha256");
    const block = Buffer.from(Array.from({ length: size }, (_, index) => (index * 7) % 251));
    for (let round = 0; round < rounds; round += 1) hash.update(block);
    const digest = hash.digest("hex");
    const words = [`${port}`, `${size}`, `${rounds}`];
    const output = await listen(script, "serve", ...words);
    const ends = [await engine.install(flipModule(), sender), await engine.install(flipModule(), receiver)];
    const { stdout } = await run("python3", [script, "fetch", ...words], { timeout: 60_000 });
    assert.is(stdout, `${digest} ${digest}\n`);
    await until("the server has it all", () => output().includes(`${digest} ${digest}`));
    for (const id of ends) assert.is(await engine.counter(id, "bytes_in_total"), size * rounds);
    assert.equal(engine.complaints, []);
  });
} else {
  test("who is not root of the machine is told why streams are not customized", async () => {
    const id = await engine.install(flipModule(), sender);
    assert.is(engine.seen(id)?.problem?.code, "layer45.no-transport");
    assert.is(server, undefined);
  });
}

test.run();
