import type { Bucket, BucketEntry, Subscription, WatchEvent } from "../bus.ts";
import { InterestTree } from "../interest.ts";
import { assertKey } from "../keys.ts";
import type { Scheduler } from "./scheduler.ts";

type Listener = (event: WatchEvent) => void;

interface Stored {
  entry: BucketEntry;
  expiresAtMs: number;
}

/** A bucket in this process's memory. */
export class MemoryBucket implements Bucket {
  readonly #stored = new Map<string, Stored>();
  readonly #watchers = new InterestTree<Listener>();
  readonly #scheduler: Scheduler;
  readonly #ttlMs: number;
  #revision = 0;

  constructor(scheduler: Scheduler, ttlMs: number = Number.POSITIVE_INFINITY) {
    this.#scheduler = scheduler;
    this.#ttlMs = ttlMs;
  }

  async get(key: string): Promise<BucketEntry | undefined> {
    assertKey(key);
    return this.#present(key);
  }

  async put(key: string, value: Uint8Array): Promise<number> {
    return this.#write(key, value);
  }

  async create(key: string, value: Uint8Array): Promise<number | undefined> {
    return this.#present(key) ? undefined : this.#write(key, value);
  }

  async update(key: string, value: Uint8Array, revision: number): Promise<number | undefined> {
    return this.#present(key)?.revision === revision ? this.#write(key, value) : undefined;
  }

  async delete(key: string, options: { revision?: number } = {}): Promise<boolean> {
    assertKey(key);
    const present = this.#present(key);
    if (options.revision !== undefined && present?.revision !== options.revision) return false;
    if (!present) return true;
    this.#stored.delete(key);
    this.#tell(key, { kind: "delete", key, revision: ++this.#revision });
    return true;
  }

  async keys(): Promise<string[]> {
    return [...this.#stored.keys()].filter((key) => this.#present(key));
  }

  async watch(listener: Listener, options: { key?: string } = {}): Promise<Subscription> {
    const filter = options.key ?? ">";
    let live = true;
    const tell: Listener = (event) => {
      if (live) listener(event);
    };
    const one = new InterestTree<true>();
    one.add(filter, true);
    for (const key of await this.keys()) {
      const entry = one.match(key).length > 0 ? this.#present(key) : undefined;
      if (entry) this.#scheduler.later(() => tell({ kind: "put", entry }));
    }
    this.#scheduler.later(() => tell({ kind: "synced" }));
    this.#watchers.add(filter, tell);
    return {
      unsubscribe: () => {
        live = false;
        this.#watchers.remove(filter, tell);
      },
    };
  }

  #present(key: string): BucketEntry | undefined {
    const stored = this.#stored.get(key);
    if (!stored) return undefined;
    if (stored.expiresAtMs > performance.now()) return stored.entry;
    this.#stored.delete(key);
    return undefined;
  }

  #write(key: string, value: Uint8Array): number {
    assertKey(key);
    const entry = { key, value: new Uint8Array(value), revision: ++this.#revision };
    this.#stored.set(key, { entry, expiresAtMs: performance.now() + this.#ttlMs });
    this.#tell(key, { kind: "put", entry });
    return entry.revision;
  }

  #tell(key: string, event: WatchEvent): void {
    for (const listener of this.#watchers.match(key)) this.#scheduler.later(() => listener(event));
  }
}
