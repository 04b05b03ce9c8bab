import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { standardModule } from "../../../modules/mod.ts";
import { isRootOfMachine } from "../../root-of-machine.ts";
import { until } from "../sleep/until.ts";
import { RunningEngine, type UnitOptions } from "./running-engine.ts";

const port = 7002;
const script = join(import.meta.dirname, "../../../../test/daemon/layer45/stream-peer.py");
/** Says something, and waits for as many bytes back before it says more. Neither end blocks in a read (docs/layer45-ebpf.md). */
const asks = `import socket, sys, time
s = socket.create_connection(("127.0.0.1", ${port}))
for text in [b"plain \\xf5NL4", b"\\xf5", b"x" * 5000 + b"\\xf5N"]:
    s.sendall(text)
    got = b""
    while len(got) < len(text):
        part = s.recv(65536)
        if not part: sys.exit("the stream ended")
        got += part
    if got != text: sys.exit("got something else")
print("all came back")`;
const answers = `import select, socket
l = socket.socket()
l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
l.bind(("127.0.0.1", ${port}))
l.listen()
print("listening", flush=True)
s, _ = l.accept()
s.setblocking(False)
while True:
    select.select([s], [], [])
    try: got = s.recv(65536)
    except BlockingIOError: continue
    if not got: break
    s.sendall(got)`;

/** Serves so many bytes over TLS. */
const serves = `const { readFileSync } = require("node:fs");
const [key, cert] = process.argv.slice(1).map((file) => readFileSync(file));
const page = Buffer.alloc(2_000_000, "a page ");
require("node:https").createServer({ key, cert }, (_request, response) => response.end(page))
  .listen(${port}, "127.0.0.1", () => console.log("listening"));`;

let engine: RunningEngine;
const children: ChildProcess[] = [];

const python = (...words: string[]) => run("python3", ...words);

function run(command: string, ...words: string[]): { output(): string; ended: Promise<string> } {
  const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  return { output: () => output, ended: once(child, "close").then(() => output) };
}

function end(role: "sender" | "receiver", name: string, config: unknown): UnitOptions {
  const tap = { protocol: "TCP", [role === "sender" ? "remote" : "local"]: { port } } as const;
  return { name, role, tap, config, limits: { memoryBytes: 1 << 20, timeMs: 500 } };
}

const module = (name: string) => standardModule(name) as Uint8Array;

async function serve(...words: string[]) {
  const server = python(...words);
  return listening(server);
}

async function listening(server: ReturnType<typeof run>) {
  await until("the server listens", async () => server.output().includes("listening"));
  return server;
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
    const id = await engine.install(module("stream-tag"), end("sender", "tag", {}));
    assert.is(engine.seen(id)?.problem?.code, "layer45.no-transport");
  });
} else {
  test("a tagged stream arrives as it was sent, and so does its answer in tags", async () => {
    const config = { every: 1000, replies: true };
    const server = await serve(script, "serve", `${port}`, "3000000");
    const receiver = await engine.install(module("stream-tag"), end("receiver", "tag", config));
    const sender = await engine.install(module("stream-tag"), end("sender", "tag", config));
    const said = await python(script, "fetch", `${port}`, "3000000").ended;
    const [state, digests = ""] = said.split("\n");
    assert.is(state, "ended", said);
    const [sent, received] = digests.split(" ");
    assert.is(sent, received);
    await until("the server has it all", async () => server.output().includes(`${sent} ${sent}`));
    for (const id of [sender, receiver]) {
      await engine.untilCounter(id, "module_frames_out", (frames) => frames >= 3000);
      await engine.untilCounter(id, "module_frames_in", (frames) => frames >= 3000);
      assert.is(await engine.counter(id, "faults_total"), 0);
    }
    assert.equal(engine.complaints, []);
  });

  test("a stream goes from one tag to another while it flows, and nothing of it is lost", async () => {
    const server = await serve(script, "serve", `${port}`, "100000", "60");
    const install = async (name: string, priority: number) => {
      const config = { every: 700, tag: name };
      for (const role of ["receiver", "sender"] as const)
        await engine.install(module("stream-tag"), { ...end(role, name, config), priority });
    };
    await install("first", 10);
    const client = python(script, "fetch", `${port}`, "100000", "60", "0.05");
    await engine.untilCounter(
      "Customization/default/first/receiver",
      "module_frames_in",
      (frames) => frames > 300,
    );
    await install("second", 20);
    for (const role of ["receiver", "sender"])
      await engine.engine.setPriority(`Customization/default/first/${role}`, 30);
    await engine.untilCounter(
      "Customization/default/second/receiver",
      "module_frames_in",
      (frames) => frames > 300,
    );
    for (const role of ["sender", "receiver"])
      await engine.engine.revoke(`Customization/default/first/${role}`);
    const [, digests = ""] = (await client.ended).split("\n");
    const [sent, received] = digests.split(" ");
    assert.is(sent, received);
    await until("the server has it all", async () => server.output().includes(`${sent} ${sent}`));
    assert.equal(engine.complaints, []);
  });

  test("plain bytes that end like a tag's beginning wait for no answer that waits for them", async () => {
    await engine.install(module("stream-tag"), end("receiver", "tag", {}));
    await serve("-c", answers);
    assert.is(await python("-c", asks).ended, "all came back\n");
  });

  test("a page comes over TLS in a dialect that no one in between speaks", async () => {
    const folder = mkdtempSync(join(tmpdir(), "dialect-"));
    const [key, cert, page] = ["key", "cert", "page"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test";
    try {
      await run("openssl", ...request.split(" "), "-keyout", key, "-out", cert).ended;
      await listening(run(process.execPath, "-e", serves, key, cert));
      const config = { replies: true };
      const receiver = await engine.install(module("tls-dialect"), end("receiver", "tls", config));
      const sender = await engine.install(module("tls-dialect"), end("sender", "tls", config));
      const words = [
        "-ksS",
        "--max-time",
        "30",
        "-o",
        page,
        "-w",
        "%{http_code}",
        `https://127.0.0.1:${port}/`,
      ];
      assert.is(await run("curl", ...words).ended, "200");
      assert.ok(readFileSync(page).equals(Buffer.alloc(2_000_000, "a page ")));
      await engine.untilCounter(receiver, "module_records_in", (records) => records > 0);
      await engine.untilCounter(sender, "module_records_in", (records) => records >= 2_000_000 / 16_384);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a rate slows a stream down, and loses nothing of it", async () => {
    const server = await serve(script, "serve", `${port}`, "300000");
    const limit = await engine.install(
      module("rate-limit"),
      end("sender", "slow", { rate: 1_000_000, burst: 10_000 }),
    );
    const [, digests = ""] = (await python(script, "fetch", `${port}`, "300000").ended).split("\n");
    const [sent, received] = digests.split(" ");
    assert.is(sent, received);
    await until("the server has it all", async () => server.output().includes(`${sent} ${sent}`));
    await engine.untilCounter(limit, "module_delayed", (delayed) => delayed > 2);
  });
}

test.run();
