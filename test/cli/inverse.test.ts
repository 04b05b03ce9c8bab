import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { writeCapture } from "../../cli/module/write-capture.ts";
import { runController } from "../../controller/mod.ts";
import { WorkerReader } from "../../middlebox/mod.ts";
import { NatsServer } from "../bus/nats-server.ts";
import { FakeDaemon } from "../controller/fake-daemon.ts";
import { FakeSource } from "../controller/fake-source.ts";
import { FakeLeadership, modules, silent } from "../controller/fixtures.ts";
import { until } from "../controller/until.ts";
import { stripTag } from "../middlebox/strip-tag.ts";
import { packet } from "./inverse/packets.ts";

interface Context {
  server: NatsServer;
  folder: string;
  /** Of the controller. */
  socket: string;
  stop(): Promise<void>;
}

const test = suite<Context>("netloom inverse");

const hosts = ["client", "server", "box"].map(
  (name, at) => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}}
spec: {interfaces: [{name: eth0, mac: "02:00:00:00:02:0${at}", addresses: [10.0.1.${at + 1}/24]}]}
---
`,
);
const files = {
  "fleet.yaml": `${hosts.join("")}apiVersion: netloom.dev/v1alpha1
kind: Customization
metadata: {name: tag}
spec:
  module: {wasm: tag.wasm}
  ends:
    - {role: sender, hosts: {matchNames: [client]}, tap: {protocol: UDP, remote: {port: 53}}}
    - {role: receiver, hosts: {matchNames: [server]}, tap: {protocol: UDP, local: {port: 53}}}
  inverse: [{middlebox: wireshark, hosts: {matchNames: [box]}, file: tag.lua}]
`,
  "tag.wasm": stripTag(),
  "tag.lua": "-- reads it\n",
};

test.before(async (context) => {
  const server = await NatsServer.start();
  const folder = mkdtempSync(join(tmpdir(), "netloom-inverse-"));
  const bus = await server.join({ identity: { role: "controller" } });
  const reader = new WorkerReader();
  const source = new FakeSource(files);
  const leadership = new FakeLeadership(1);
  const socket = join(folder, "api", "control.sock");
  const serve = [{ kind: "socket" as const, path: socket }];
  const controller = await runController({ source, bus, leadership, modules, log: silent, reader, serve });
  const joined = await Promise.all(
    ["client", "server", "box"].map(async (name) => {
      const own = await server.join({ identity: { role: "host", host: `default/${name}` } });
      return { own, daemon: new FakeDaemon(own, `default/${name}`) };
    }),
  );
  await controller.ready;
  for (const { daemon } of joined) await daemon.report();
  await until("installed", () => joined.every(({ daemon }) => daemon.model.list()[0]?.state === "active"));
  await until("ready", () => controller.reconciler.board.get("Customization/default/tag")?.hosts.ready === 3);
  context.server = server;
  context.folder = folder;
  context.socket = socket;
  context.stop = async () => {
    for (const { daemon } of joined) daemon.stop();
    await controller.stop();
    await Promise.all(joined.map(({ own }) => own.close()));
    await bus.close();
    await reader.close();
    await server.remove();
    rmSync(folder, { recursive: true });
  };
});
test.after((context) => context.stop());

const inverse = (server: NatsServer, args: string[], input?: string) =>
  run(["--bus", server.url, "--host", "box", ...args], input);

async function run(args: string[], input = ""): Promise<{ status: number; out: string; err: string }> {
  const main = resolve(import.meta.dirname, "../../cli/main.js");
  const child = spawn(process.execPath, [main, "inverse", ...args]);
  let [out, err] = ["", ""];
  child.stdout.on("data", (text) => {
    out += text;
  });
  child.stderr.on("data", (text) => {
    err += text;
  });
  child.stdin.end(input);
  const [status] = await once(child, "close");
  return { status, out, err };
}

const flow = "UDP 10.0.1.1:4000 > 10.0.1.2:53";

test("says what a message on standard input says", async ({ server }) => {
  const { status, out, err } = await inverse(server, ["--flow", flow, "-o", "raw"], "Xtagtag:question");
  assert.is(err, "");
  assert.is(out, "question");
  assert.is(status, 0);
});

test("asks the controller itself where no bus is named, as netloom up and labs have none", async ({
  socket,
}) => {
  const args = ["--server", socket, "--flow", flow, "-o", "raw"];
  const { status, out, err } = await run(["--host", "box", ...args], "Xtagtag:question");
  assert.is(err, "");
  assert.is(out, "question");
  assert.is(status, 0);
  const refused = await run(["--host", "client", ...args], "Xtagtag:question");
  assert.is(refused.status, 1);
  assert.match(refused.err, "no customization names it under spec.inverse");
  const nobody = await run(
    ["--host", "box", "--server", `${socket}.not`, "--flow", flow],
    "Xtagtag:question",
  );
  assert.is(nobody.status, 2);
  assert.match(nobody.err, "there is no socket");
});

test("says what the flows of a capture say, and which it cannot read", async ({ server, folder }) => {
  const ends = {
    source: ["10.0.1.1", 4_000] as [string, number],
    destination: ["10.0.1.2", 53] as [string, number],
  };
  const path = join(folder, "seen.pcap");
  const other = { ...ends, destination: ["10.0.1.2", 80] as [string, number] };
  writeFileSync(
    path,
    writeCapture([packet(ends, "Xtagtag:one"), packet(other, "GET /"), packet(ends, "Xtagtag:two")], false),
  );
  const { status, out } = await inverse(server, [path, "-o", "json"]);
  assert.is(status, 1);
  const [read, rejected] = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.is(read.customization, "Customization/default/tag");
  assert.equal(
    read.messages.map((text: string) => Buffer.from(text, "base64").toString()),
    ["one", "two"],
  );
  assert.is(rejected.problem.code, "inverse.unknown");
  assert.equal(rejected.flow.destination, { address: "10.0.1.2", port: 80 });
  const text = await inverse(server, [path]);
  assert.match(
    text.out,
    `UDP 10.0.1.1:4000 > 10.0.1.2:53  Customization/default/tag\n  ${Buffer.from("one").toString("hex")}`,
  );
  assert.match(text.out, "rejected: Cannot tell what UDP from 10.0.1.1 to 10.0.1.2, port 80 says");
});

test("says what is missing or wrong", async ({ server, folder }) => {
  const unknown = await inverse(server, [], "x");
  assert.is(unknown.status, 2);
  assert.match(unknown.err, "say --flow");
  const bad = join(folder, "bad.pcap");
  writeFileSync(bad, "no capture at all");
  const malformed = await inverse(server, [bad]);
  assert.is(malformed.status, 2);
  assert.match(malformed.err, "as a capture");
  const odd = await inverse(server, ["--flow", "UDP 1.2.3.4 to nowhere"], "x");
  assert.is(odd.status, 2);
});

test.run();
