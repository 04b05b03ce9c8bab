import type { Problem } from "../schemas/mod.ts";

/**
 * The Bus port: all that controller, daemons and function runners need of a message system. Two adapters pass one
 * contract test: `memory` (one process and its worker threads) and `nats` (JetStream).
 *
 * Payloads are bytes and belong to whoever made them: a receiver does not alter them. `codecs.ts` says what is in them,
 * `subjects.ts` where they go. Every wait is bounded by a timeout or a signal. Faults of the world reject with a
 * `ProblemError` (`bus.*`); a write that rejects with `bus.unavailable` may have been carried out.
 */
export interface Bus {
  /**
   * Fire and forget; at most once: while disconnected, and when the connection cannot take more, it is dropped. Throws
   * `bus.payload-too-large` over `payloadBytesMax`.
   */
  publish(subject: string, payload: Uint8Array): void;

  /**
   * Calls `handler` for each message; `*` matches one token, `>` the rest. With `queue`, each message goes to one
   * member of the queue group. What the handler returns (or resolves to) answers a request; undefined answers nothing.
   * Handlers start in the order messages come, and may overlap. When `pendingMax` (1,024 by default) are in work, further
   * messages are dropped and requests are refused. A handler that fails is reported to the bus's `onProblem`.
   */
  subscribe(subject: string, handler: MessageHandler, options?: SubscribeOptions): Subscription;

  /**
   * One request, one answer. Rejects with `bus.unavailable` when nobody listens, none answers in time, or the one asked
   * fails; at once when disconnected.
   */
  request(subject: string, payload: Uint8Array, options: RequestOptions): Promise<Uint8Array>;

  /** Opens a key-value bucket, making it when it is not there. Entries vanish, without word to watchers, after `ttlMs`. */
  bucket(name: string, options?: { ttlMs?: number }): Promise<Bucket>;

  /** Opens a durable work queue, making it when it is not there: each job goes to one consumer until acknowledged. */
  queue(name: string, options?: QueueOptions): Promise<Queue>;

  readonly blobs: BlobStore;

  readonly payloadBytesMax: number;

  /** The listener is called on each change. */
  readonly state: BusState;
  onState(listener: (state: BusState) => void): () => void;

  /** Sends what is pending, then closes: nothing is delivered any more, and every call rejects. */
  close(): Promise<void>;
}

export type BusState = "connected" | "disconnected";

export interface BusOptions {
  /** Told what goes wrong where no caller could be: messages dropped, handlers that fail, faults of the connection. */
  onProblem?: (problem: Problem) => void;
}

export interface SubscribeOptions {
  queue?: string;
  pendingMax?: number;
}

export interface RequestOptions {
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface Message {
  subject: string;
  payload: Uint8Array;
}

export type MessageHandler = (
  message: Message,
) => Uint8Array | undefined | void | Promise<Uint8Array | undefined | void>;

export interface Subscription {
  unsubscribe(): void;
}

export interface BucketEntry {
  key: string;
  value: Uint8Array;
  /** Rises with each write to the bucket; used for compare-and-set and as fencing number. */
  revision: number;
}

/** Keys are like subjects, of letters, digits, `-`, `_`, `=` and `/` between dots. */
export interface Bucket {
  get(key: string): Promise<BucketEntry | undefined>;
  /** Last writer wins; resolves to the new revision. */
  put(key: string, value: Uint8Array): Promise<number>;
  /** Writes only when the key is absent; undefined when it is there. */
  create(key: string, value: Uint8Array): Promise<number | undefined>;
  /** Writes only when the key's revision is still `revision`; undefined when it is not. */
  update(key: string, value: Uint8Array, revision: number): Promise<number | undefined>;
  /** With `revision`: only when the key's revision is still that; false when it is not. */
  delete(key: string, options?: { revision?: number }): Promise<boolean>;
  keys(): Promise<string[]>;
  /**
   * Calls `listener` with every present entry, then `{ kind: "synced" }` once, then every change, in order; a key that
   * changes fast may skip values, never its last. After a lost connection it starts anew: `{ kind: "reset" }`, every
   * present entry, `synced`. What is not among them is gone. `key` may hold wildcards.
   */
  watch(listener: (event: WatchEvent) => void, options?: { key?: string }): Promise<Subscription>;
}

export type WatchEvent =
  | { kind: "put"; entry: BucketEntry }
  | { kind: "delete"; key: string; revision: number }
  | { kind: "synced" }
  | { kind: "reset" };

export interface QueueOptions {
  /** 30 s by default. */
  redeliverAfterMs?: number;
  /** 100,000 by default; `add` rejects with `bus.queue-full` beyond. */
  jobsMax?: number;
}

export interface Job {
  payload: Uint8Array;
  /** 1 at first. There is no last attempt: a handler that gives up on a job resolves. */
  attempt: number;
}

export interface Queue {
  add(job: Uint8Array): Promise<void>;
  /**
   * The handler's resolving acknowledges the job. Its rejecting has it delivered again after a wait that doubles from
   * 100 ms up to `redeliverAfterMs`; its silence, after `redeliverAfterMs`. At most `concurrency` (1 by default) at once.
   */
  consume(handler: (job: Job) => Promise<void>, options?: { concurrency?: number }): Promise<Subscription>;
}

/** Content-addressed: the name of a blob is its SHA-256 in lower-case hex. Blobs have at most `blobBytesMax` bytes. */
export interface BlobStore {
  put(content: Uint8Array): Promise<string>;
  /**
   * The content, its digest verified. Rejects with `artifact.missing` or `artifact.corrupt`. Over a network it is sent
   * by whoever serves; many that ask at once are sent it once.
   */
  get(digest: string, options: RequestOptions): Promise<Uint8Array>;
  has(digest: string): Promise<boolean>;
  /** Deletes every blob whose digest is not in `keep`; resolves to how many went. */
  prune(keep: ReadonlySet<string>): Promise<number>;
  /** Answers everybody's `get` until unsubscribed; the leading controller does. */
  serve(): Promise<Subscription>;
}
