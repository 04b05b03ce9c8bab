import type { MessagePort } from "node:worker_threads";
import type { Bus, Job, QueueOptions, Subscription, WatchEvent } from "../bus.ts";
import { PortCalls } from "./port-calls.ts";

/**
 * Lets another thread be the bus member `bus`, through a port (`connectMemoryBus` at the other end). When the port
 * closes, because the thread ended or closed its bus, the member closes and its subscriptions end.
 */
export function serveBus(bus: Bus, port: MessagePort): void {
  const held = new Map<number, Subscription>();
  const release = (id: number): void => {
    held.get(id)?.unsubscribe();
    held.delete(id);
  };
  const hold = (id: number, subscription: Subscription): void => {
    if (ended) subscription.unsubscribe();
    else held.set(id, subscription);
  };
  let ended = false;

  const calls = new PortCalls(
    port,
    {
      ...plainMethods(bus),
      subscribe: (id: number, subject: string, options: { queue?: string; pendingMax?: number }) => {
        const handler = (message: { subject: string; payload: Uint8Array }) =>
          calls.call<Uint8Array | undefined>("message", [id, message.subject, message.payload]);
        hold(id, bus.subscribe(subject, handler, options));
      },
      watch: async (id: number, name: string, bucket: { ttlMs?: number }, options: { key?: string }) => {
        const listener = (event: WatchEvent): void => calls.tell("change", [id, event]);
        hold(id, await (await bus.bucket(name, bucket)).watch(listener, options));
      },
      consume: async (id: number, name: string, queue: QueueOptions, options: { concurrency?: number }) => {
        const handler = (job: Job) => calls.call<void>("job", [id, job.payload, job.attempt]);
        hold(id, await (await bus.queue(name, queue)).consume(handler, options));
      },
      serveBlobs: async (id: number) => hold(id, await bus.blobs.serve()),
      release,
    },
    () => {
      ended = true;
      stopTelling();
      for (const id of [...held.keys()]) release(id);
      void bus.close();
    },
  );
  const stopTelling = bus.onState((state) => calls.tell("state", [state]));
  calls.tell("state", [bus.state]);
  // The thread that joins lives by its own end of the port; this one must not keep its process alive.
  port.unref();
}

/** What needs no callback. */
function plainMethods(bus: Bus) {
  const bucket = (name: string, options: { ttlMs?: number }) => bus.bucket(name, options);
  return {
    publish: (subject: string, payload: Uint8Array) => bus.publish(subject, payload),
    request: (subject: string, payload: Uint8Array, timeoutMs: number, signal: AbortSignal) =>
      bus.request(subject, payload, { timeoutMs, signal }),
    bucket: async (name: string, options: { ttlMs?: number }) => void (await bucket(name, options)),
    get: async (name: string, options: { ttlMs?: number }, key: string) =>
      (await bucket(name, options)).get(key),
    put: async (name: string, options: { ttlMs?: number }, key: string, value: Uint8Array) =>
      (await bucket(name, options)).put(key, value),
    create: async (name: string, options: { ttlMs?: number }, key: string, value: Uint8Array) =>
      (await bucket(name, options)).create(key, value),
    update: async (
      name: string,
      options: { ttlMs?: number },
      key: string,
      value: Uint8Array,
      revision: number,
    ) => (await bucket(name, options)).update(key, value, revision),
    delete: async (name: string, options: { ttlMs?: number }, key: string, given: { revision?: number }) =>
      (await bucket(name, options)).delete(key, given),
    keys: async (name: string, options: { ttlMs?: number }) => (await bucket(name, options)).keys(),
    queue: async (name: string, options: QueueOptions) => void (await bus.queue(name, options)),
    add: async (name: string, options: QueueOptions, job: Uint8Array) =>
      (await bus.queue(name, options)).add(job),
    putBlob: (content: Uint8Array) => bus.blobs.put(content),
    getBlob: (digest: string, timeoutMs: number, signal: AbortSignal) =>
      bus.blobs.get(digest, { timeoutMs, signal }),
    hasBlob: (digest: string) => bus.blobs.has(digest),
    pruneBlobs: (keep: ReadonlySet<string>) => bus.blobs.prune(keep),
    drain: () => undefined,
  };
}
