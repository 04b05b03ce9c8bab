/** A worker that holds a memory bus and hands out ports to it: whoever asks has joined from another thread. */
import assert from "node:assert";
import { parentPort } from "node:worker_threads";
import { memoryBus } from "../../../bus/mod.ts";

assert(parentPort);
const parent = parentPort;
const bus = memoryBus();
parent.on("message", () => {
  const port = bus.port();
  parent.postMessage(port, [port]);
});
