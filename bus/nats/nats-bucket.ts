import {
  DiscardPolicy,
  headers,
  type MsgHdrs,
  nanos,
  RetentionPolicy,
  StorageType,
  type StoredMsg,
  type StreamConfig,
} from "nats";
import { problemOf } from "../../schemas/mod.ts";
import type { Bucket, BucketEntry, Subscription, WatchEvent } from "../bus.ts";
import { guarded } from "../intake.ts";
import { assertFilter } from "../interest.ts";
import { assertKey } from "../keys.ts";
import { jetStreamCode, jetStreamCodes } from "./nats-errors.ts";
import type { NatsStreams } from "./nats-streams.ts";
import { NatsWatch } from "./nats-watch.ts";
import { sweepMarks } from "./sweep-marks.ts";

const operationHeader = "KV-Operation";
const nothing = new Uint8Array();
const sweepEveryMs = 60 * 60_000;

/**
 * A bucket as a JetStream stream, laid out as NATS' own key-value buckets are, so that `nats kv` reads it: the last message
 * of each subject `$KV.<bucket>.<key>` is the key's entry, and an empty one marked as deletion its absence.
 */
export class NatsBucket implements Bucket {
  readonly #streams: NatsStreams;
  readonly #config: Partial<StreamConfig> & { name: string };
  readonly #prefix: string;

  private constructor(streams: NatsStreams, name: string, options: { ttlMs?: number }) {
    this.#streams = streams;
    this.#prefix = `$KV.netloom-${name}.`;
    this.#config = {
      name: `KV_netloom-${name}`,
      subjects: [`${this.#prefix}>`],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.New,
      max_msgs_per_subject: 1,
      max_age: nanos(options.ttlMs ?? 0),
      // With roll-ups, whoever may write one key could wipe all others by a header.
      allow_rollup_hdrs: false,
      allow_direct: false,
      deny_delete: true,
    };
  }

  static async open(
    streams: NatsStreams,
    name: string,
    options: { ttlMs?: number } = {},
  ): Promise<NatsBucket> {
    const bucket = new NatsBucket(streams, name, options);
    await streams.ensure(bucket.#config);
    bucket.#sweepEvery(sweepEveryMs);
    return bucket;
  }

  #sweepEvery(ms: number): void {
    const { link } = this.#streams;
    const timer = setTimeout(async () => {
      if (link.closed) return;
      try {
        const filter = `${this.#prefix}>`;
        await sweepMarks(this.#streams, { config: this.#config, filter, olderThanMs: ms });
      } catch (error) {
        link.onProblem(problemOf(error));
      }
      this.#sweepEvery(ms);
    }, ms);
    timer.unref();
  }

  async get(key: string): Promise<BucketEntry | undefined> {
    const last = await this.#last(key);
    return last && !last.deleted ? last.entry : undefined;
  }

  async put(key: string, value: Uint8Array): Promise<number> {
    return (await this.#write(key, value)) as number;
  }

  async create(key: string, value: Uint8Array): Promise<number | undefined> {
    const created = await this.#write(key, value, { revision: 0 });
    if (created !== undefined) return created;
    const last = await this.#last(key);
    if (last && !last.deleted) return undefined;
    return this.#write(key, value, { revision: last?.entry.revision ?? 0 });
  }

  async update(key: string, value: Uint8Array, revision: number): Promise<number | undefined> {
    return this.#write(key, value, { revision });
  }

  async delete(key: string, options: { revision?: number } = {}): Promise<boolean> {
    const entry = await this.get(key);
    if (options.revision !== undefined && entry?.revision !== options.revision) return false;
    if (!entry) return true;
    const mark = headers();
    mark.set(operationHeader, "DEL");
    return (await this.#write(key, nothing, { ...options, headers: mark })) !== undefined;
  }

  async keys(): Promise<string[]> {
    const found: string[] = [];
    const { promise, resolve } = withResolver<void>();
    const watch = await NatsWatch.open(this.#streams, {
      config: this.#config,
      filter: `${this.#prefix}>`,
      headersOnly: true,
      listener: (event) => {
        if (event.kind === "put") found.push(this.#keyOf(event.subject));
        else if (event.kind === "reset") found.length = 0;
        else if (event.kind === "synced") resolve();
      },
    });
    try {
      await this.#streams.link.exchange(this.#prefix, nothing, () => promise);
    } finally {
      watch.unsubscribe();
    }
    return found;
  }

  async watch(heard: (event: WatchEvent) => void, options: { key?: string } = {}): Promise<Subscription> {
    const listener = guarded(heard, this.#streams.link.onProblem);
    const filter = options.key ?? ">";
    assertFilter(filter);
    return NatsWatch.open(this.#streams, {
      config: this.#config,
      filter: `${this.#prefix}${filter}`,
      headersOnly: false,
      listener: (event) => {
        if (event.kind === "put") {
          const { subject, value, revision } = event;
          listener({ kind: "put", entry: { key: this.#keyOf(subject), value, revision } });
        } else if (event.kind === "delete") {
          listener({ kind: "delete", key: this.#keyOf(event.subject), revision: event.revision });
        } else if (event.kind !== "mark") listener({ kind: event.kind });
      },
    });
  }

  #keyOf(subject: string): string {
    return subject.slice(this.#prefix.length);
  }

  /** The last message of the key's subject, a mark of deletion included. */
  async #last(key: string): Promise<{ entry: BucketEntry; deleted: boolean } | undefined> {
    assertKey(key);
    const subject = this.#prefix + key;
    let message: StoredMsg | undefined;
    await this.#streams.withStream(this.#config, () =>
      this.#streams.call(subject, nothing, async (manager) => {
        try {
          message = await manager.streams.getMessage(this.#config.name, { last_by_subj: subject });
        } catch (error) {
          if (jetStreamCode(error) !== jetStreamCodes.noMessageFound) throw error;
        }
      }),
    );
    if (!message) return undefined;
    const entry = { key, value: message.data, revision: message.seq };
    return { entry, deleted: message.header?.has(operationHeader) ?? false };
  }

  /** Resolves to the new revision; to undefined when the key's revision is not the one expected. */
  async #write(
    key: string,
    value: Uint8Array,
    options: { revision?: number; headers?: MsgHdrs } = {},
  ): Promise<number | undefined> {
    assertKey(key);
    const subject = this.#prefix + key;
    const expect = options.revision === undefined ? {} : { lastSubjectSequence: options.revision };
    return this.#streams.withStream(this.#config, () =>
      this.#streams.call(subject, value, async () => {
        try {
          const sent = { expect, ...(options.headers && { headers: options.headers }) };
          return (await this.#streams.client.publish(subject, value, sent)).seq;
        } catch (error) {
          if (jetStreamCode(error) === jetStreamCodes.wrongLastSequence) return undefined;
          throw error;
        }
      }),
    );
  }
}

function withResolver<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
