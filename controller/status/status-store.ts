import type { Bucket } from "../../bus/mod.ts";
import { problemOf } from "../../schemas/mod.ts";
import type { FleetEvent } from "../events.ts";
import type { Log } from "../log.ts";
import type { ObjectRef } from "../objects.ts";
import { WriteBehind } from "../write-behind.ts";
import type { ObjectStatus } from "./object-status.ts";
import type { SourceStatus } from "./source-status.ts";

const stopTimeoutMs = 2_000;
/** The bucket is compared with what ought to be in it this often, for nothing tells of one that was lost. */
const compareEveryMs = 60_000;
const sourceKey = "source";
const objectKey = (object: ObjectRef): string => `object.${object}`;
const eventKey = (id: string): string => `event.${id}`;

/** What the bucket held when a controller started: what it goes on from. */
export interface KnownStatus {
  objects: ObjectStatus[];
  events: FleetEvent[];
  source: SourceStatus | undefined;
}

/** Statuses and events in the bucket `status`, written behind the back of who decides them. */
export class StatusStore {
  readonly #bucket: Bucket;
  readonly #writes: WriteBehind;
  readonly #log: Log;
  readonly #compareEveryMs: number;
  /** All that ought to be in the bucket. */
  readonly #kept = new Map<string, Uint8Array>();
  #comparing: NodeJS.Timeout | undefined;

  constructor(bucket: Bucket, log: Log, options: { compareEveryMs?: number } = {}) {
    this.#bucket = bucket;
    this.#log = log;
    this.#writes = new WriteBehind(bucket, log);
    this.#compareEveryMs = options.compareEveryMs ?? compareEveryMs;
  }

  async load(): Promise<KnownStatus> {
    const known: KnownStatus = { objects: [], events: [], source: undefined };
    await new Promise<void>((synced, failed) => {
      const watching = this.#bucket.watch((event) => {
        if (event.kind === "put") this.#read(event.entry.key, event.entry.value, known);
        if (event.kind === "synced")
          void watching.then((subscription) => subscription.unsubscribe()).then(synced);
      });
      watching.catch(failed);
    });
    return known;
  }

  /** Only who leads writes; what was set meanwhile waits. */
  setLeading(isLeading: boolean): void {
    this.#writes.setPaused(!isLeading);
    clearInterval(this.#comparing);
    if (!isLeading) return;
    // A server that lost the bucket lost the lease of who leads, too: this is the first moment after.
    void this.#writeLost();
    this.#comparing = setInterval(() => void this.#writeLost(), this.#compareEveryMs);
    this.#comparing.unref();
  }

  setObject(object: ObjectRef, status: ObjectStatus | undefined): void {
    this.#set(objectKey(object), status && encode(status));
  }

  setSource(status: SourceStatus): void {
    this.#set(sourceKey, encode(status));
  }

  setEvent(event: FleetEvent): void {
    this.#set(eventKey(event.id), encode(event));
  }

  dropEvent({ id }: FleetEvent): void {
    this.#set(eventKey(id), undefined);
  }

  /** Gives what waits to be written a last moment: the bus may be gone. */
  async stop(): Promise<void> {
    clearInterval(this.#comparing);
    await this.#writes.drained({ timeoutMs: stopTimeoutMs });
    this.#writes.stop();
  }

  #set(key: string, value: Uint8Array | undefined): void {
    if (value) this.#kept.set(key, value);
    else this.#kept.delete(key);
    this.#writes.set(key, value);
  }

  /** Writes again what the bucket does not have any more: it was wiped, or made anew on another server. */
  async #writeLost(): Promise<void> {
    try {
      const there = new Set(await this.#bucket.keys());
      for (const [key, value] of this.#kept) if (!there.has(key)) this.#writes.set(key, value);
    } catch (error) {
      this.#log.warn({ problem: problemOf(error) }, "statuses cannot be compared with what is stored");
    }
  }

  #read(key: string, value: Uint8Array, known: KnownStatus): void {
    try {
      const read: unknown = JSON.parse(Buffer.from(value).toString());
      if (key === sourceKey) known.source = read as SourceStatus;
      else if (key.startsWith("object.")) known.objects.push(read as ObjectStatus);
      else if (key.startsWith("event.")) known.events.push(read as FleetEvent);
      this.#kept.set(key, value);
    } catch (error) {
      // It is written anew as soon as it is known anew; what is lost is when conditions last changed.
      this.#log.warn({ key, error: String(error) }, "stored status cannot be read");
    }
  }
}

const encode = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
