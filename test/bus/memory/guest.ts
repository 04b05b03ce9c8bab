/** A worker that joins the bus it is given, answers on `guest.echo` and never answers on `guest.hang`. */
import assert from "node:assert";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { connectMemoryBus } from "../../../bus/mod.ts";

const bus = connectMemoryBus((workerData as { port: MessagePort }).port);
bus.subscribe("guest.echo", ({ payload }) => payload);
bus.subscribe("guest.hang", () => new Promise<undefined>(() => undefined));
// A request to ourselves goes the same way as the subscriptions did, so they are there when it is answered.
await bus.request("guest.echo", new Uint8Array(), { timeoutMs: 60_000 });
assert(parentPort);
parentPort.postMessage("ready");
