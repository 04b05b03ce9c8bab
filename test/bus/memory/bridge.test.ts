import { once } from "node:events";
import { type MessagePort, Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connectMemoryBus, memoryBus } from "../../../bus/mod.ts";
import { busContract, rejectsWith } from "../contract.ts";
import { eventually } from "../eventually.ts";

busContract("memory, with its members in another thread than the bus,", async () => {
  const holder = new Worker(new URL("./bus-holder.js", import.meta.url));
  return {
    async join(options) {
      holder.postMessage("port");
      const [port] = (await once(holder, "message")) as [MessagePort];
      return connectMemoryBus(port, options);
    },
    end: async () => void (await holder.terminate()),
  };
});

test("a thread that ends leaves nothing behind", async () => {
  const bus = memoryBus();
  const port = bus.port();
  const guest = new Worker(new URL("./guest.js", import.meta.url), {
    workerData: { port },
    transferList: [port],
  });
  await once(guest, "message");
  const answer = await bus.request("guest.echo", new Uint8Array([7]), { timeoutMs: 60_000 });
  assert.equal([...answer], [7]);
  const hanging = rejectsWith(
    bus.request("guest.hang", new Uint8Array(), { timeoutMs: 60_000 }),
    "bus.unavailable",
  );
  await guest.terminate();
  await hanging;
  await eventually(async () => {
    const failure = await bus
      .request("guest.echo", new Uint8Array(), { timeoutMs: 1_000 })
      .catch((error: Error) => error);
    return failure instanceof Error && failure.message.includes("nobody listens");
  }, "the guest's subscription is gone");
  await bus.close();
});

test("a bus whose holder ends becomes disconnected, and what waits on it rejects", async () => {
  const holder = new Worker(new URL("./bus-holder.js", import.meta.url));
  holder.postMessage("port");
  const [port] = (await once(holder, "message")) as [MessagePort];
  const bus = connectMemoryBus(port);
  bus.subscribe("silent", () => undefined);
  const waiting = rejectsWith(
    bus.request("silent", new Uint8Array(), { timeoutMs: 60_000 }),
    "bus.unavailable",
  );
  const states: string[] = [];
  bus.onState((state) => states.push(state));
  await holder.terminate();
  await waiting;
  await eventually(() => states.length > 0, "the state changes");
  assert.equal(states, ["disconnected"]);
});

test("a small view of a large buffer crosses alone", async () => {
  const bus = memoryBus();
  const far = connectMemoryBus(bus.port());
  const pool = new Uint8Array(1024 * 1024);
  pool.set([1, 2, 3], 100);
  bus.subscribe("size", ({ payload }) => new Uint8Array([payload.buffer.byteLength]));
  const [size] = await far.request("size", pool.subarray(100, 103), { timeoutMs: 60_000 });
  assert.is(size, 3);
  await far.close();
  await bus.close();
});

test.run();
