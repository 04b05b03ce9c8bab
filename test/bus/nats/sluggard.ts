/**
 * A worker that watches a bucket and hears "flood" on a NATS server, and stands still from "flood.start" until the shared
 * word is set. It posts what it sees.
 */
import assert from "node:assert";
import { parentPort, workerData } from "node:worker_threads";
import { natsBus } from "../../../bus/mod.ts";

assert(parentPort);
const parent = parentPort;
const { url, gate } = workerData as { url: string; gate: Int32Array };
const bus = await natsBus({ servers: url, identity: { role: "controller" } });
bus.onState((state) => parent.postMessage(state));
let heard = 0;
bus.subscribe("flood.data", () => void heard++);
bus.subscribe("flood.start", () => {
  parent.postMessage("standing still");
  Atomics.wait(gate, 0, 0);
});
bus.subscribe("flood.heard", () => Buffer.from(String(heard)));
const bucket = await bus.bucket("watched");
await bucket.watch((event) => {
  if (event.kind === "put") parent.postMessage(`put ${Buffer.from(event.entry.value)}`);
  else parent.postMessage(event.kind);
});
