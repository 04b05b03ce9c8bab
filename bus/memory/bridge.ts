import type { MessagePort } from "node:worker_threads";
import { fail, type Problem, problemOf } from "../../schemas/mod.ts";
import type {
  BlobStore,
  Bucket,
  Bus,
  BusOptions,
  BusState,
  Job,
  MessageHandler,
  Queue,
  QueueOptions,
  RequestOptions,
  SubscribeOptions,
  Subscription,
  WatchEvent,
} from "../bus.ts";
import { defaults } from "../defaults.ts";
import { assertFilter, assertSubject } from "../interest.ts";
import { assertKey, assertName } from "../keys.ts";
import { gateProblems } from "../problem-gate.ts";
import { PortCalls } from "./port-calls.ts";

/** Joins the bus at the other end of `port` (`MemoryBus.port`); all of the `Bus` contract holds here too. */
export function connectMemoryBus(port: MessagePort, options: BusOptions = {}): Bus {
  return new BridgedBus(port, options);
}

class BridgedBus implements Bus {
  readonly blobs: BlobStore;
  readonly payloadBytesMax = defaults.payloadBytesMax;
  state: BusState = "connected";
  readonly #calls: PortCalls;
  readonly #listeners = new Set<(state: BusState) => void>();
  readonly #handlers = new Map<number, MessageHandler>();
  readonly #watchers = new Map<number, (event: WatchEvent) => void>();
  readonly #workers = new Map<number, (job: Job) => Promise<void>>();
  readonly #onProblem: (problem: Problem) => void;
  #lastId = 0;

  constructor(port: MessagePort, options: BusOptions) {
    this.#onProblem = gateProblems(options.onProblem ?? (() => undefined));
    this.#calls = new PortCalls(port, this.#methods(), () => this.#become("disconnected"));
    this.blobs = this.#blobStore();
  }

  publish(subject: string, payload: Uint8Array): void {
    this.#check(subject, payload);
    this.#calls.tell("publish", [subject, payload]);
  }

  subscribe(subject: string, handler: MessageHandler, options: SubscribeOptions = {}): Subscription {
    assertFilter(subject);
    const id = ++this.#lastId;
    this.#handlers.set(id, handler);
    this.#calls.tell("subscribe", [id, subject, options]);
    return this.#held(id, this.#handlers);
  }

  async request(subject: string, payload: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    this.#check(subject, payload);
    return this.#calls.call("request", [subject, payload, options.timeoutMs], options.signal);
  }

  async bucket(name: string, options: { ttlMs?: number } = {}): Promise<Bucket> {
    assertName(name);
    const calls = this.#calls;
    await calls.call("bucket", [name, options]);
    const ask = <T>(method: string, key: string, ...rest: unknown[]): Promise<T> => {
      assertKey(key);
      return calls.call<T>(method, [name, options, key, ...rest]);
    };
    return {
      get: async (key) => ask("get", key),
      put: async (key, value) => ask("put", key, value),
      create: async (key, value) => ask("create", key, value),
      update: async (key, value, revision) => ask("update", key, value, revision),
      delete: async (key, given = {}) => ask("delete", key, given),
      keys: () => calls.call("keys", [name, options]),
      watch: async (listener, filter = {}) => {
        const id = ++this.#lastId;
        this.#watchers.set(id, listener);
        await calls.call("watch", [id, name, options, filter]);
        return this.#held(id, this.#watchers);
      },
    };
  }

  async queue(name: string, options: QueueOptions = {}): Promise<Queue> {
    assertName(name);
    await this.#calls.call("queue", [name, options]);
    return {
      add: (job) => this.#calls.call("add", [name, options, job]),
      consume: async (handler, consumer = {}) => {
        const id = ++this.#lastId;
        this.#workers.set(id, handler);
        await this.#calls.call("consume", [id, name, options, consumer]);
        return this.#held(id, this.#workers);
      },
    };
  }

  onState(listener: (state: BusState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.state === "disconnected") return;
    await this.#calls.call("drain", []);
    this.#become("disconnected");
    this.#calls.close();
  }

  /** What the other end calls: messages, changes and jobs for the callbacks held here. */
  #methods() {
    return {
      message: async (id: number, subject: string, payload: Uint8Array) => {
        try {
          return (await this.#handlers.get(id)?.({ subject, payload })) ?? undefined;
        } catch (error) {
          this.#onProblem(problemOf(error));
          throw error;
        }
      },
      change: (id: number, event: WatchEvent) => this.#watchers.get(id)?.(event),
      job: (id: number, payload: Uint8Array, attempt: number) => this.#work(id, { payload, attempt }),
      state: (state: BusState) => this.#become(state),
    };
  }

  async #work(id: number, job: Job): Promise<void> {
    const worker = this.#workers.get(id);
    // A job that was on its way when the consumer left goes to another one.
    if (!worker) fail("bus.unavailable", { reason: "the consumer has left" });
    await worker(job);
  }

  #blobStore(): BlobStore {
    const calls = this.#calls;
    return {
      put: (content) => calls.call("putBlob", [content]),
      get: (digest, { timeoutMs, signal }) => calls.call("getBlob", [digest, timeoutMs], signal),
      has: (digest) => calls.call("hasBlob", [digest]),
      prune: (keep) => calls.call("pruneBlobs", [keep]),
      serve: async () => {
        const id = ++this.#lastId;
        await calls.call("serveBlobs", [id]);
        return { unsubscribe: () => calls.tell("release", [id]) };
      },
    };
  }

  #held(id: number, callbacks: Map<number, unknown>): Subscription {
    return {
      unsubscribe: () => {
        callbacks.delete(id);
        this.#calls.tell("release", [id]);
      },
    };
  }

  #become(state: BusState): void {
    if (this.state === state) return;
    this.state = state;
    for (const listener of this.#listeners) listener(state);
  }

  #check(subject: string, payload: Uint8Array): void {
    assertSubject(subject);
    const bytesMax = this.payloadBytesMax;
    if (payload.byteLength > bytesMax) {
      fail("bus.payload-too-large", { subject, bytes: payload.byteLength, bytesMax });
    }
  }
}
