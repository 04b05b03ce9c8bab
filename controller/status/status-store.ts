import type { Bucket } from "../../bus/mod.ts";
import type { FleetEvent } from "../events.ts";
import type { Log } from "../log.ts";
import type { ObjectRef } from "../objects.ts";
import { WriteBehind } from "../write-behind.ts";
import type { ObjectStatus } from "./object-status.ts";
import type { SourceStatus } from "./source-status.ts";

const stopTimeoutMs = 2_000;
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

  constructor(bucket: Bucket, log: Log) {
    this.#bucket = bucket;
    this.#log = log;
    this.#writes = new WriteBehind(bucket, log);
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
  }

  setObject(object: ObjectRef, status: ObjectStatus | undefined): void {
    this.#writes.set(objectKey(object), status && encode(status));
  }

  setSource(status: SourceStatus): void {
    this.#writes.set(sourceKey, encode(status));
  }

  setEvent(event: FleetEvent): void {
    this.#writes.set(eventKey(event.id), encode(event));
  }

  dropEvent({ id }: FleetEvent): void {
    this.#writes.set(eventKey(id), undefined);
  }

  /** Gives what waits to be written a last moment: the bus may be gone. */
  async stop(): Promise<void> {
    await this.#writes.drained({ timeoutMs: stopTimeoutMs });
    this.#writes.stop();
  }

  #read(key: string, value: Uint8Array, known: KnownStatus): void {
    try {
      const read: unknown = JSON.parse(Buffer.from(value).toString());
      if (key === sourceKey) known.source = read as SourceStatus;
      else if (key.startsWith("object.")) known.objects.push(read as ObjectStatus);
      else if (key.startsWith("event.")) known.events.push(read as FleetEvent);
    } catch (error) {
      // It is written anew as soon as it is known anew; what is lost is when conditions last changed.
      this.#log.warn({ key, error: String(error) }, "stored status cannot be read");
    }
  }
}

const encode = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
