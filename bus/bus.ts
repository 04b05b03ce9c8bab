/**
 * The Bus port: all that controller, daemons and function runners need of a message system. Two adapters pass one
 * contract test: `memory` (one process and its worker threads) and `nats` (JetStream).
 *
 * Payloads are bytes; `messages.ts` has the codecs, `subjects.ts` the names. Every wait is bounded by a timeout or a
 * signal. Faults of the world reject with a `ProblemError` (`bus.*`).
 */
export interface Bus {
  /** Fire and forget; at most once. Throws `bus.payload-too-large` over `payloadBytesMax`. */
  publish(subject: string, payload: Uint8Array): void;

  /**
   * Calls `handler` for each message; `*` matches one token, `>` the rest. With `queue`, each message goes to one
   * member of the queue group. What the handler returns (or resolves to) answers a request; undefined answers nothing.
   */
  subscribe(subject: string, handler: MessageHandler, options?: { queue?: string }): Subscription;

  /** One request, one answer. Rejects with `bus.unavailable` when nobody listens or none answers in time. */
  request(
    subject: string,
    payload: Uint8Array,
    options: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<Uint8Array>;

  /** Opens a key-value bucket, making it when it is not there. */
  bucket(name: string, options?: { ttlMs?: number }): Promise<Bucket>;

  /** Opens a durable work queue, making it when it is not there: each job goes to one consumer until acknowledged. */
  queue(name: string, options?: { redeliverAfterMs?: number; jobsMax?: number }): Promise<Queue>;

  readonly blobs: BlobStore;

  readonly payloadBytesMax: number;

  /** "connected" or "disconnected"; the listener is called on each change. */
  readonly state: BusState;
  onState(listener: (state: BusState) => void): () => void;

  /** Sends what is pending, then closes. */
  close(): Promise<void>;
}

export type BusState = "connected" | "disconnected";

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
   * Calls `listener` with every present entry, then `{ kind: "synced" }` once, then every change, in order. After a
   * lost connection it goes on where it was, or starts anew with `{ kind: "reset" }` before the present entries.
   */
  watch(listener: (event: WatchEvent) => void, options?: { key?: string }): Promise<Subscription>;
}

export type WatchEvent =
  | { kind: "put"; entry: BucketEntry }
  | { kind: "delete"; key: string; revision: number }
  | { kind: "synced" }
  | { kind: "reset" };

export interface Queue {
  add(job: Uint8Array): Promise<void>;
  /** The handler's resolving acknowledges the job; its rejecting, or silence past the time, has it delivered again. */
  consume(
    handler: (job: { payload: Uint8Array; attempt: number }) => Promise<void>,
    options?: { concurrency?: number },
  ): Promise<Subscription>;
}

/** Content-addressed: the name of a blob is its SHA-256 in lower-case hex. */
export interface BlobStore {
  put(content: Uint8Array): Promise<string>;
  /** The content, its digest verified. Rejects with `artifact.missing` or `artifact.corrupt`. */
  get(digest: string, options: { timeoutMs: number; signal?: AbortSignal }): Promise<Uint8Array>;
  has(digest: string): Promise<boolean>;
  /** Deletes every blob whose digest is not in `keep`; resolves to how many went. */
  prune(keep: ReadonlySet<string>): Promise<number>;
}
