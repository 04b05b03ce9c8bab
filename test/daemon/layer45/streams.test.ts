import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isRootOfMachine } from "../../root-of-machine.ts";
import { until } from "../sleep/until.ts";
import { endlessModule, flipModule } from "./modules.ts";
import { RunningEngine, type UnitOptions } from "./running-engine.ts";

const port = 7001;
const script = join(import.meta.dirname, "../../../../test/daemon/layer45/stream-peer.py");
const limits = { memoryBytes: 1 << 20, timeMs: 200 };
const sender: UnitOptions = { name: "sender", tap: { protocol: "TCP", remote: { port } }, limits };
const receiver: UnitOptions = {
  name: "receiver",
  role: "receiver",
  tap: { protocol: "TCP", local: { port } },
  limits,
};
const block = Buffer.from(Array.from({ length: 65536 }, (_, index) => (index * 7) % 251));

let engine: RunningEngine;
const children: ChildProcess[] = [];

interface Peer {
  output(): string;
  /** What it printed, once it has ended well. */
  ended: Promise<string>;
}

function peer(...words: (string | number)[]): Peer {
  const child = spawn("python3", [script, ...words.map(String)], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  let output = "";
  child.stdout.on("data", (text) => (output += text));
  child.stderr.on("data", (text) => (output += text));
  const ended = once(child, "close").then(() => output);
  return { output: () => output, ended };
}

async function serve(size: number, rounds = 1): Promise<Peer> {
  const server = peer("serve", port, size, rounds);
  await until("the server listens", async () => server.output().includes("listening"));
  return server;
}

/** SHA-256 of what a peer sends. */
function digestOf(size: number, rounds = 1): string {
  const hash = createHash("sha256");
  for (let turn = 0; turn < rounds; turn += 1) {
    for (let left = size; left > 0; left -= block.length) hash.update(block.subarray(0, left));
  }
  return hash.digest("hex");
}

test.before.each(async () => {
  engine = await new RunningEngine().start();
});
test.after.each(async () => {
  await engine.engine.stop();
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

if (!isRootOfMachine()) {
  test("who is not root of the machine is told why streams are not customized", async () => {
    const id = await engine.install(flipModule(), sender);
    assert.is(engine.seen(id)?.problem?.code, "layer45.no-transport");
  });
} else {
  test("what both ends customize arrives as it was sent, with its end, in both directions", async () => {
    const size = 6_000_000;
    const server = await serve(size);
    const on = await engine.install(flipModule(), sender);
    const off = await engine.install(flipModule(), receiver);
    const digest = digestOf(size);
    assert.is(await peer("fetch", port, size).ended, `ended\n${digest} ${digest}\n`);
    await until("the server has it all", async () => server.output().includes(`${digest} ${digest}`));
    for (const id of [on, off]) {
      assert.is(await engine.counter(id, "bytes_out_total"), size);
      assert.is(await engine.counter(id, "bytes_in_total"), size);
      await engine.untilCounter(id, "flows", (flows) => flows === 0);
    }
    assert.equal(engine.complaints, []);
  });

  test("a connection that is there already is customized from then on, and is itself again afterwards", async () => {
    const [size, rounds] = [200_000, 80];
    const server = await serve(size, rounds);
    const client = peer("fetch", port, size, rounds, 0.1);
    await until("they talk", async () => server.output().includes("listening"));
    const on = await engine.install(flipModule(), sender);
    await engine.untilCounter(on, "bytes_out_total", (bytes) => bytes >= 2 * size);
    await engine.engine.revoke(on);
    await client.ended;
    await until("the server has it all", async () => server.output().split("\n").length > 2);
    const [sent, received] = client.output().split("\n")[1]!.split(" ");
    const [sentBack, arrived] = server.output().split("\n")[1]!.split(" ");
    // Both streams have every byte in its place, and some of them customized.
    assert.is(sent, digestOf(size, rounds));
    assert.is(sentBack, sent);
    assert.not.equal(arrived, sent);
    assert.not.equal(received, sent);
    assert.equal(engine.complaints, []);
  });

  test("an engine that is ended in mid-stream breaks off what it had bytes of, and the next one goes on", async () => {
    // Neither comes to its end before the module does its work.
    const size = 2_000_000_000;
    const server = await serve(size);
    await engine.install(flipModule(), sender);
    await engine.install(flipModule(), receiver);
    const halted = peer("fetch", port, size);
    await engine.untilCounter(
      "Customization/default/sender/sender",
      "bytes_out_total",
      (bytes) => bytes > 1_000_000,
    );
    // A deactivated module is shown what it would be given: it does not have to be activated to loop.
    const endless = { ...sender, name: "endless", priority: 1, state: "installed" as const, limits };
    // It may do its work while it is being installed, which is refused then.
    const isRefused = await engine.install(endlessModule(), endless).then(
      () => false,
      ({ message }) => /endless.* ran for/.test(message),
    );
    const output = await halted.ended;
    // It is told of an error, and never takes what it has for all.
    assert.match(
      output,
      /ConnectionResetError|ConnectionAbortedError|BrokenPipeError|PermissionError/,
      output,
    );
    assert.not.match(server.output(), /[0-9a-f]{64}/);
    await until("the module that did it is stopped", async () => {
      return isRefused || engine.seen("Customization/default/endless/sender")?.problem !== undefined;
    });
    // The next engine has the other modules back when it tells of them.
    await engine.untilCounter("Customization/default/sender/sender", "flows", (flows) => flows === 0);
    const digest = digestOf(4_000_000);
    await serveAgain();
    assert.is(await peer("fetch", port, 4_000_000).ended, `ended\n${digest} ${digest}\n`);
  });
}

/** The server may have ended with the connection that was broken off. */
async function serveAgain(): Promise<void> {
  children[0]?.kill("SIGKILL");
  await until(
    "the port is free",
    async () => children[0]?.exitCode !== null || children[0]?.signalCode !== null,
  );
  await serve(4_000_000);
}

test.run();
