import { setImmediate } from "node:timers/promises";
import type { BlobStore, Bucket } from "../../bus/mod.ts";
import { type Digest, fail, isRetryable, type Problem, problem, problemOf } from "../../schemas/mod.ts";
import { backoffMs } from "../backoff.ts";
import type { BlobSender } from "../blobs.ts";
import type { Log } from "../log.ts";
import type { ObjectInForce } from "../objects.ts";
import type { LastGood } from "./last-good.ts";
import { pause } from "./pause.ts";
import { decodeRecord, encodeRecord } from "./record-codec.ts";

export type ObjectRecord = LastGood<ObjectInForce>;

export type LoadedRecord =
  | { kind: "none" }
  | { kind: "record"; record: ObjectRecord }
  /** This controller wrote it, and knows it better. */
  | { kind: "own" }
  /** There is one, and it cannot be read. */
  | { kind: "lost"; problem: Problem };

/** What the bucket says of the record. */
interface Entry {
  digest: Digest;
  revision: string;
  term: number;
}

const key = "last-good";
const readTimeoutMs = 30_000;
const attemptsMax = 10;
const stopTimeoutMs = 2_000;
const pruneIntervalMs = 60_000;
const backoff = { backoffFirstMs: 200, backoffMaxMs: 30_000 };

/**
 * Keeps the record of what is in force on the bus: a blob, and an entry in the bucket `record` that names it. Every
 * program in the record is put into the blob store first, so that whoever takes the record up can act on it. Of several
 * records to be saved only the newest is; a controller of an older term writes nothing over that of a newer one.
 */
export class RecordStore {
  readonly #bucket: Bucket;
  readonly #store: BlobStore;
  readonly #blobs: BlobSender;
  readonly #log: Log;
  readonly #ownTerms = new Set<number>();
  #next: { record: ObjectRecord; term: number } | undefined;
  #saving: Promise<void> | undefined;
  #kept = new Set<Digest>();
  #prunedMs = performance.now();
  readonly #stopped = new AbortController();

  constructor(bucket: Bucket, options: { store: BlobStore; blobs: BlobSender; log: Log }) {
    this.#bucket = bucket;
    this.#store = options.store;
    this.#blobs = options.blobs;
    this.#log = options.log;
  }

  /** Rejects when the bus cannot be reached. */
  async load(): Promise<LoadedRecord> {
    const entry = await this.#entry();
    if (!entry) return { kind: "none" };
    if (this.#ownTerms.has(entry.value.term)) return { kind: "own" };
    try {
      const content = await this.#store.get(entry.value.digest, { timeoutMs: readTimeoutMs });
      return { kind: "record", record: await decodeRecord(content) };
    } catch (error) {
      const found = problemOf(error);
      if (found.code === "bus.unavailable") throw error;
      const isTold = found.code === "record.lost";
      return { kind: "lost", problem: isTold ? found : problem("record.lost", { reason: found.message }) };
    }
  }

  /** Saves behind the caller's back, and tries until it is done or a newer record is to be saved. */
  save(record: ObjectRecord, term: number): void {
    if (this.#stopped.signal.aborted) return;
    this.#ownTerms.add(term);
    this.#next = { record, term };
    this.#saving ??= this.#saveAll().finally(() => {
      this.#saving = undefined;
    });
  }

  /** Resolves when nothing waits to be saved. */
  async drained(): Promise<void> {
    await this.#saving;
  }

  /** Gives what waits to be saved a last moment. */
  async stop(): Promise<void> {
    const late = setTimeout(() => this.#stopped.abort(), stopTimeoutMs);
    await this.#saving;
    clearTimeout(late);
    this.#stopped.abort();
  }

  async #saveAll(): Promise<void> {
    // Commands go first: writing down a large record holds up the thread.
    await setImmediate();
    for (let failures = 0; this.#next && !this.#stopped.signal.aborted; ) {
      const { record, term } = this.#next;
      this.#next = undefined;
      try {
        await this.#saveOne(record, term);
        failures = 0;
      } catch (error) {
        const found = problemOf(error);
        this.#log.warn({ problem: found }, "the record of what is in force cannot be written");
        if (!isRetryable(found)) continue;
        failures++;
        this.#next ??= { record, term };
        await pause(backoffMs(failures, Math.random(), backoff), this.#stopped.signal);
      }
    }
  }

  async #saveOne(record: ObjectRecord, term: number): Promise<void> {
    const programs = programsOf(record);
    for (const digest of programs) await this.#keepProgram(digest);
    const digest = await this.#store.put(await encodeRecord(record));
    const written = await this.#write({ digest, revision: record.revision, term });
    if (written) await this.#prune(new Set([...programs, digest]));
  }

  /** A program that cannot be had any more keeps the rest from being saved no longer than the bus does. */
  async #keepProgram(digest: Digest): Promise<void> {
    await this.#blobs.ensure(digest).catch((error: unknown) => {
      const found = problemOf(error);
      if (found.code.startsWith("bus.")) throw error;
      this.#log.warn({ digest, problem: found }, "a program in force cannot be kept");
    });
  }

  /** False when a controller of a newer term has written. */
  async #write(value: Entry): Promise<boolean> {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const present = await this.#entry();
      if (present && present.value.term > value.term) return false;
      const written = present
        ? await this.#bucket.update(key, bytes, present.revision)
        : await this.#bucket.create(key, bytes);
      if (written !== undefined) return true;
    }
    return fail("bus.unavailable", {
      reason: `"${key}" was written by others ${attemptsMax} times in a row`,
    });
  }

  /** Now and then drops the blobs that neither this record nor the one before it needs. */
  async #prune(needed: Set<Digest>): Promise<void> {
    const keep = new Set([...needed, ...this.#kept]);
    this.#kept = needed;
    if (performance.now() - this.#prunedMs < pruneIntervalMs) return;
    this.#prunedMs = performance.now();
    const dropped = await this.#store.prune(keep);
    this.#blobs.forget();
    this.#log.debug({ dropped }, "blobs dropped that nothing in force needs");
  }

  async #entry(): Promise<{ value: Entry; revision: number } | undefined> {
    const found = await this.#bucket.get(key);
    if (!found) return undefined;
    return { value: JSON.parse(new TextDecoder().decode(found.value)) as Entry, revision: found.revision };
  }
}

function programsOf(record: ObjectRecord): Set<Digest> {
  const digests = new Set<Digest>();
  for (const { inForce } of record.objects.values()) {
    for (const { digest } of inForce.programs.values()) digests.add(digest);
  }
  return digests;
}
