import { MessageChannel, type MessagePort } from "node:worker_threads";
import { fail } from "../../schemas/mod.ts";
import type {
  BlobStore,
  Bucket,
  Bus,
  BusOptions,
  BusState,
  MessageHandler,
  Queue,
  QueueOptions,
  RequestOptions,
  SubscribeOptions,
  Subscription,
} from "../bus.ts";
import { defaults } from "../defaults.ts";
import { guarded } from "../intake.ts";
import { assertFilter, assertSubject } from "../interest.ts";
import { assertName } from "../keys.ts";
import { gateProblems } from "../problem-gate.ts";
import { firstAnswer, unavailable } from "../requesting.ts";
import { serveBus } from "./bridge-server.ts";
import { MemoryBlobs } from "./memory-blobs.ts";
import { MemoryBucket } from "./memory-bucket.ts";
import { MemoryQueue } from "./memory-queue.ts";
import { Scheduler } from "./scheduler.ts";
import { Subscribers } from "./subscribers.ts";

/** A member of a bus inside this process; worker threads join it by `port`. */
export interface MemoryBus extends Bus {
  /** Another member in this thread, with a life of its own. */
  join(options?: BusOptions): MemoryBus;
  /** One end of a new channel: transfer it to a worker thread, which passes it to `connectMemoryBus`. */
  port(): MessagePort;
}

/** A new bus, and its first member. */
export function memoryBus(options: BusOptions = {}): MemoryBus {
  return new MemoryMember(new MemoryHub(), options);
}

/** What all members share. */
class MemoryHub {
  readonly scheduler = new Scheduler();
  readonly subscribers = new Subscribers();
  readonly buckets = new Map<string, MemoryBucket>();
  readonly queues = new Map<string, MemoryQueue>();
  readonly blobs = new MemoryBlobs();
}

class MemoryMember implements MemoryBus {
  readonly payloadBytesMax = defaults.payloadBytesMax;
  readonly blobs: BlobStore;
  state: BusState = "connected";
  readonly #hub: MemoryHub;
  readonly #onProblem: NonNullable<BusOptions["onProblem"]>;
  readonly #held = new Set<Subscription>();
  readonly #listeners = new Set<(state: BusState) => void>();

  constructor(hub: MemoryHub, options: BusOptions) {
    this.#hub = hub;
    this.#onProblem = gateProblems(options.onProblem ?? (() => undefined));
    this.blobs = hub.blobs;
  }

  join(options: BusOptions = {}): MemoryBus {
    this.#assertOpen();
    return new MemoryMember(this.#hub, options);
  }

  port(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    serveBus(this.join({ onProblem: this.#onProblem }), port1);
    return port2;
  }

  onState(listener: (state: BusState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(subject: string, payload: Uint8Array): void {
    this.#check(subject, payload);
    if (this.state === "disconnected") return;
    const copy = new Uint8Array(payload);
    const receivers = this.#hub.subscribers.receivers(subject);
    this.#hub.scheduler.later(() => {
      for (const receiver of receivers) receiver.take({ subject, payload: copy });
    });
  }

  subscribe(filter: string, handler: MessageHandler, options: SubscribeOptions = {}): Subscription {
    assertFilter(filter);
    const { subscribers } = this.#hub;
    if (this.state === "disconnected") return { unsubscribe: () => undefined };
    return this.#hold(subscribers.add(filter, handler, { ...options, onProblem: this.#onProblem }));
  }

  async request(subject: string, payload: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    this.#check(subject, payload);
    this.#assertOpen();
    const copy = new Uint8Array(payload);
    const { scheduler, subscribers } = this.#hub;
    const receivers = subscribers.receivers(subject);
    return firstAnswer(subject, options, (answer) => {
      scheduler.later(() => {
        if (receivers.length === 0) answer({ kind: "failed", reason: `nobody listens on ${subject}` });
        for (const receiver of receivers) receiver.take({ subject, payload: copy }, answer);
      });
    });
  }

  async bucket(name: string, options: { ttlMs?: number } = {}): Promise<Bucket> {
    assertName(name);
    this.#assertOpen();
    const { buckets, scheduler } = this.#hub;
    const bucket = buckets.get(name) ?? new MemoryBucket(scheduler, options.ttlMs);
    buckets.set(name, bucket);
    return {
      get: async (key) => bucket.get(key),
      put: async (key, value) => bucket.put(key, this.#fitting(name, value)),
      create: async (key, value) => bucket.create(key, this.#fitting(name, value)),
      update: async (key, value, revision) => bucket.update(key, this.#fitting(name, value), revision),
      delete: async (key, given) => bucket.delete(key, given),
      keys: async () => bucket.keys(),
      watch: async (listener, filter) =>
        this.#hold(await bucket.watch(guarded(listener, this.#onProblem), filter)),
    };
  }

  async queue(name: string, options: QueueOptions = {}): Promise<Queue> {
    assertName(name);
    this.#assertOpen();
    const { queues, scheduler } = this.#hub;
    const queue = queues.get(name) ?? new MemoryQueue(name, { ...options, scheduler });
    queues.set(name, queue);
    return {
      add: async (job) => queue.add(this.#fitting(name, job)),
      consume: async (handler, given) =>
        this.#hold(await queue.consume(handler, { ...given, onProblem: this.#onProblem })),
    };
  }

  async close(): Promise<void> {
    if (this.state === "disconnected") return;
    await this.#hub.scheduler.drained();
    this.state = "disconnected";
    for (const held of this.#held) held.unsubscribe();
    for (const listener of this.#listeners) listener(this.state);
  }

  #hold(subscription: Subscription): Subscription {
    this.#held.add(subscription);
    return {
      unsubscribe: () => {
        this.#held.delete(subscription);
        subscription.unsubscribe();
      },
    };
  }

  #check(subject: string, payload: Uint8Array): void {
    assertSubject(subject);
    this.#fitting(subject, payload);
  }

  #fitting(subject: string, payload: Uint8Array): Uint8Array {
    const bytesMax = this.payloadBytesMax;
    if (payload.byteLength > bytesMax) {
      fail("bus.payload-too-large", { subject, bytes: payload.byteLength, bytesMax });
    }
    return payload;
  }

  #assertOpen(): void {
    if (this.state === "disconnected") throw unavailable("the bus was closed");
  }
}
