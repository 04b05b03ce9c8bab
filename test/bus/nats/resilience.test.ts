import { Worker } from "node:worker_threads";
import { connect } from "nats";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Bus, BusState, WatchEvent } from "../../../bus/mod.ts";
import { listening, rejectsWith } from "../contract.ts";
import { eventually } from "../eventually.ts";
import { NatsServer } from "../nats-server.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const string = (payload: Uint8Array): string => Buffer.from(payload).toString();

const test = suite<{ server: NatsServer; bus: Bus; problems: string[] }>("a NATS server that fails");

test.before.each(async (context) => {
  context.server = await NatsServer.start('max_pending: 2MB\nwrite_deadline: "1s"\n');
  context.problems = [];
  context.bus = await context.server.join({ onProblem: ({ code }) => context.problems.push(code) });
});
test.after.each(async ({ bus, server }) => {
  await bus.close();
  await server.remove();
});

/** What a watcher believes to be there, kept as the contract of `watch` says. */
class Believed {
  readonly entries = new Map<string, string>();
  readonly kinds: string[] = [];
  readonly listen = (event: WatchEvent): void => {
    this.kinds.push(event.kind);
    if (event.kind === "reset") this.entries.clear();
    else if (event.kind === "put") this.entries.set(event.entry.key, string(event.entry.value));
    else if (event.kind === "delete") this.entries.delete(event.key);
  };
}

test("leaves subscriptions, buckets and queues as they were when it is back", async ({ server, bus }) => {
  const states: BusState[] = [];
  bus.onState((state) => states.push(state));
  bus.subscribe("echo", ({ payload }) => payload);
  await listening(bus, "echo");
  const bucket = await bus.bucket("kept");
  const queue = await bus.queue("kept", { redeliverAfterMs: 1_000 });
  const revision = await bucket.put("k", bytes("v"));
  await queue.add(bytes("job"));

  await server.stop("SIGKILL");
  await eventually(() => bus.state === "disconnected", "the loss is noticed");
  await rejectsWith(bus.request("echo", bytes("x"), { timeoutMs: 60_000 }), "bus.unavailable");
  await rejectsWith(bucket.get("k"), "bus.unavailable");
  bus.publish("echo", bytes("dropped"));
  await server.run();
  await eventually(() => bus.state === "connected", "the connection is back");

  assert.equal(states, ["disconnected", "connected"]);
  await listening(bus, "echo");
  assert.is((await bucket.get("k"))?.revision, revision);
  assert.ok((await bucket.put("k", bytes("w"))) > revision);
  const done: string[] = [];
  const consumer = await queue.consume(async ({ payload }) => void done.push(string(payload)));
  await eventually(() => done.length === 1, "the job was kept");
  assert.equal(done, ["job"]);
  consumer.unsubscribe();
});

test("a request under way is refused when the server dies, long before its timeout", async ({
  server,
  bus,
}) => {
  bus.subscribe("silent", () => undefined);
  const refused = rejectsWith(bus.request("silent", bytes(""), { timeoutMs: 600_000 }), "bus.unavailable");
  await server.stop("SIGKILL");
  await refused;
  await server.run();
});

test("a watch tells all anew after a restart, what happened meanwhile included", async ({ server, bus }) => {
  const bucket = await bus.bucket("watched");
  const believed = new Believed();
  for (const key of ["stays", "goes", "changes"]) await bucket.put(key, bytes("old"));
  await bucket.watch(believed.listen);
  await eventually(() => believed.kinds.includes("synced"), "synced");

  await server.stop();
  await eventually(() => bus.state === "disconnected", "the loss is noticed");
  await server.run();
  // Another member is back before the watch is, or after it: either way the watch ends with the truth.
  const other = await server.join();
  const theirs = await other.bucket("watched");
  await theirs.put("changes", bytes("new"));
  await theirs.delete("goes");
  await theirs.put("comes", bytes("new"));
  await eventually(() => believed.entries.get("comes") === "new", "the watch has caught up");
  await eventually(() => believed.kinds.filter((kind) => kind === "synced").length === 2, "synced again");

  assert.ok(believed.kinds.includes("reset"));
  assert.equal(Object.fromEntries(believed.entries), { stays: "old", changes: "new", comes: "new" });
  await other.close();
});

test("a watch whose consumer was taken away tells all anew", async ({ server, bus }) => {
  const bucket = await bus.bucket("watched");
  const believed = new Believed();
  await bucket.put("k", bytes("old"));
  await bucket.watch(believed.listen);
  await eventually(() => believed.kinds.includes("synced"), "synced");
  const admin = await connect({ servers: server.url });
  const { consumers } = await admin.jetstreamManager();
  const [consumer] = await consumers.list("KV_netloom-watched").next();
  await consumers.delete("KV_netloom-watched", consumer?.name as string);
  await bucket.put("k", bytes("new"));
  await eventually(() => believed.entries.get("k") === "new", "the watch has caught up");
  assert.ok(believed.kinds.includes("reset"));
  await admin.close();
});

test("a server without JetStream is one on which requests work, and buckets say what is wrong", async ({
  server,
}) => {
  await server.stop();
  server.configure("", { jetStream: false });
  await server.run();
  const plain = await server.join();
  plain.subscribe("echo", ({ payload }) => payload);
  await listening(plain, "echo");
  const failure = await plain.bucket("any").catch((error: Error) => error);
  assert.match((failure as Error).message, "JetStream does not answer about KV_netloom-any");
  await plain.close();
});

test("a consumer goes on after a restart, and no job is lost", async ({ server, bus }) => {
  const queue = await bus.queue("jobs", { redeliverAfterMs: 1_000 });
  const done = new Set<string>();
  const consumer = await queue.consume(async ({ payload }) => void done.add(string(payload)), {
    concurrency: 4,
  });
  for (let i = 0; i < 20; i++) await queue.add(bytes(`before ${i}`));
  await server.stop("SIGKILL");
  await eventually(() => bus.state === "disconnected", "the loss is noticed");
  await server.run();
  await eventually(() => bus.state === "connected", "the connection is back");
  for (let i = 0; i < 20; i++) await queue.add(bytes(`after ${i}`));
  await eventually(() => done.size === 40, "all jobs are done", 20_000);
  consumer.unsubscribe();
});

test("a server that lost its state is given its buckets and queues again", async ({ server, bus }) => {
  const bucket = await bus.bucket("lost");
  const queue = await bus.queue("lost");
  const believed = new Believed();
  await bucket.put("old", bytes("v"));
  await bucket.watch(believed.listen);
  const done: string[] = [];
  const consumer = await queue.consume(async ({ payload }) => void done.push(string(payload)));
  await eventually(() => believed.kinds.includes("synced"), "synced");

  await server.stop();
  server.forgetState();
  await server.run();
  await eventually(() => bus.state === "connected", "the connection is back");
  assert.is(await bucket.get("old"), undefined);
  await bucket.put("new", bytes("w"));
  await queue.add(bytes("job"));
  await eventually(() => believed.entries.get("new") === "w", "the watch follows the new bucket");
  assert.equal([...believed.entries.keys()], ["new"]);
  await eventually(() => done.length === 1, "the consumer follows the new queue", 20_000);
  consumer.unsubscribe();
});

test("a member that does not keep up is cut off, comes back, and sees the truth", async ({ server, bus }) => {
  const bucket = await bus.bucket("watched");
  await bucket.put("k", bytes("first"));
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const sluggard = new Worker(new URL("./sluggard.js", import.meta.url), {
    workerData: { url: server.url, gate },
  });
  const seen: string[] = [];
  sluggard.on("message", (what: string) => seen.push(what));
  await eventually(() => seen.includes("synced"), "the sluggard watches");
  bus.publish("flood.start", bytes(""));
  await eventually(() => seen.includes("standing still"), "the sluggard stands still");

  const flood = new Uint8Array(256 * 1024);
  await eventually(() => {
    for (let i = 0; i < 8; i++) bus.publish("flood.data", flood);
    return server.output.includes("Slow Consumer");
  }, "the server cuts it off");
  await bucket.put("k", bytes("second"));
  assert.is(bus.state, "connected");
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);

  await eventually(() => seen.includes("put second"), "the sluggard has caught up");
  await eventually(() => seen.lastIndexOf("synced") > seen.indexOf("put second"), "it says so");
  assert.ok(seen.includes("disconnected") && seen.includes("reset"), seen.join(", "));
  await listening(bus, "flood.heard");
  await sluggard.terminate();
});

test("a publisher that floods a stalled server drops, and does not grow", async ({
  server,
  bus,
  problems,
}) => {
  server.signal("SIGSTOP");
  const payload = new Uint8Array(1024 * 1024);
  for (let i = 0; i < 200; i++) bus.publish("flood", payload);
  assert.ok(problems.length > 0 && problems.every((code) => code === "bus.unavailable"));
  server.signal("SIGCONT");
  bus.subscribe("echo", ({ payload: same }) => same);
  await listening(bus, "echo");
});

test("a server that is not there yet is waited for, until the signal says otherwise", async ({ server }) => {
  await server.stop();
  await rejectsWith(server.join({ signal: AbortSignal.timeout(300) }), "bus.unavailable");
  const joining = server.join();
  await server.run();
  const late = await joining;
  assert.is(late.state, "connected");
  await late.close();
});

test("closing while the server is away ends at once", async ({ server, bus }) => {
  await server.stop();
  await eventually(() => bus.state === "disconnected", "the loss is noticed");
  await bus.close();
  await rejectsWith(bus.bucket("any"), "bus.unavailable");
});

test.run();
