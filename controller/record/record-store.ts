import { setImmediate } from "node:timers/promises";
import type { BlobStore, Bucket } from "../../bus/mod.ts";
import { type Digest, fail, isRetryable, type Problem, problem, problemOf } from "../../schemas/mod.ts";
import { backoffMs } from "../backoff.ts";
import type { BlobSender } from "../blobs.ts";
import type { Log } from "../log.ts";
import type { ObjectInForce } from "../objects.ts";
import { pause } from "../pause.ts";
import type { LastGood } from "./last-good.ts";
import { applyDifference, decodeRecord, encodeDifference, encodeRecord } from "./record-codec.ts";

export type ObjectRecord = LastGood<ObjectInForce>;

export type LoadedRecord =
  | { kind: "none" }
  | { kind: "record"; record: ObjectRecord }
  /** This controller wrote it, and knows it better. */
  | { kind: "own" }
  /** There is one, and it cannot be read. */
  | { kind: "lost"; problem: Problem };

/** What the bucket says of the record: that of a blob, and how it has changed since, in base64. */
interface Entry {
  digest: Digest;
  revision: string;
  term: number;
  difference?: string;
}

const key = "last-good";
const readTimeoutMs = 30_000;
const attemptsMax = 10;
/** Beyond these the whole record is written anew. */
const differenceMax = { objects: 200, bytes: 64 * 1024 } as const;
/** A bus that takes longer to keep a record does not keep the fleet waiting. */
const saveTimeoutMs = 2_000;
const stopTimeoutMs = 2_000;
const pruneIntervalMs = 60_000;
const backoff = { backoffFirstMs: 200, backoffMaxMs: 30_000 };

/**
 * Keeps the record of what is in force on the bus: a blob, and an entry in the bucket `record` that names it and has what
 * changed since, so that a change costs one small write. Every program in the record is put into the blob store first:
 * whoever takes the record up can act on it. A controller of an older term writes nothing over the entry of a newer one.
 */
export class RecordStore {
  readonly #bucket: Bucket;
  readonly #store: BlobStore;
  readonly #blobs: BlobSender;
  readonly #log: Log;
  readonly #ownTerms = new Set<number>();
  /** The record in the blob that the entry names, and of the entry the revision and the term. */
  #base: { record: ObjectRecord; digest: Digest; entryRevision: number; term: number } | undefined;
  #next: { record: ObjectRecord; term: number; tried: () => void } | undefined;
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
      const { digest, difference, term } = entry.value;
      const base = await decodeRecord(await this.#store.get(digest, { timeoutMs: readTimeoutMs }));
      this.#base = { record: base, digest, entryRevision: entry.revision, term };
      if (difference === undefined) return { kind: "record", record: base };
      return { kind: "record", record: await applyDifference(base, Buffer.from(difference, "base64")) };
    } catch (error) {
      const found = problemOf(error);
      if (found.code === "bus.unavailable") throw error;
      const isTold = found.code === "record.lost";
      return { kind: "lost", problem: isTold ? found : problem("record.lost", { reason: found.message }) };
    }
  }

  /**
   * Resolves when the record is saved; or else soon, and then it is tried again until it is done or a newer one is to be
   * saved. To be waited for before anything is done about what is new in it.
   */
  async save(record: ObjectRecord, term: number): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    this.#ownTerms.add(term);
    const tried = new Promise<void>((resolve) => {
      this.#next?.tried();
      this.#next = { record, term, tried: resolve };
    });
    this.#saving ??= this.#saveAll().finally(() => {
      this.#saving = undefined;
    });
    const late = new AbortController();
    await Promise.race([tried, pause(saveTimeoutMs, late.signal)]);
    late.abort();
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
      const job = this.#next;
      this.#next = undefined;
      try {
        await this.#saveOne(job.record, job.term);
        failures = 0;
      } catch (error) {
        const found = problemOf(error);
        this.#log.warn({ problem: found }, "the record of what is in force cannot be written");
        if (!isRetryable(found)) continue;
        failures++;
        this.#next ??= job;
        job.tried();
        await pause(backoffMs(failures, Math.random(), backoff), this.#stopped.signal);
      } finally {
        job.tried();
      }
    }
  }

  async #saveOne(record: ObjectRecord, term: number): Promise<void> {
    const programs = programsOf(record);
    for (const digest of programs) await this.#keepProgram(digest);
    if (await this.#saveDifference(record, term)) return;
    if (((await this.#entry())?.value.term ?? 0) > term) return;
    const digest = await this.#store.put(await encodeRecord(record));
    const entryRevision = await this.#write({ digest, revision: record.revision, term });
    if (entryRevision === undefined) return;
    this.#base = { record, digest, entryRevision, term };
    await this.#prune(new Set([...programs, digest]));
  }

  /** False when it is too much, or when another has written since. */
  async #saveDifference(record: ObjectRecord, term: number): Promise<boolean> {
    const base = this.#base && this.#base.term <= term ? this.#base : undefined;
    const bytes =
      base && (await encodeDifference(base.record, record, { objectsMax: differenceMax.objects }));
    if (!bytes || bytes.byteLength > differenceMax.bytes) return false;
    const { digest, entryRevision } = base;
    const difference = Buffer.from(bytes).toString("base64");
    const entry = encodeEntry({ digest, revision: record.revision, term, difference });
    const written = await this.#bucket.update(key, entry, entryRevision);
    this.#base = written === undefined ? undefined : { ...base, entryRevision: written, term };
    return written !== undefined;
  }

  /** A program that cannot be had any more keeps the rest from being saved no longer than the bus does. */
  async #keepProgram(digest: Digest): Promise<void> {
    await this.#blobs.ensure(digest).catch((error: unknown) => {
      const found = problemOf(error);
      if (found.code.startsWith("bus.")) throw error;
      this.#log.warn({ digest, problem: found }, "a program in force cannot be kept");
    });
  }

  /** The entry's revision; undefined when a controller of a newer term has written. */
  async #write(value: Entry): Promise<number | undefined> {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const present = await this.#entry();
      if (present && present.value.term > value.term) return undefined;
      const written = present
        ? await this.#bucket.update(key, encodeEntry(value), present.revision)
        : await this.#bucket.create(key, encodeEntry(value));
      if (written !== undefined) return written;
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

function encodeEntry(entry: Entry): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(entry));
}

function programsOf(record: ObjectRecord): Set<Digest> {
  const digests = new Set<Digest>();
  for (const { inForce } of record.objects.values()) {
    for (const { digest } of inForce.programs.values()) digests.add(digest);
  }
  return digests;
}
