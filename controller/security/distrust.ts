import { type Bucket, hostTokens } from "../../bus/mod.ts";
import { type Digest, type HostId, type Problem, problem, type UnitId } from "../../schemas/mod.ts";
import { insist } from "../insist.ts";
import type { Leadership } from "../leadership.ts";
import type { Log } from "../log.ts";
import { WriteBehind } from "../write-behind.ts";

/** A module that failed its challenge on one host. */
export interface Failure {
  host: HostId;
  unit: UnitId;
  /** The unit's: another version of it is another unit, and was never asked. */
  digest: Digest;
  reason: string;
  /** RFC 3339. */
  at: string;
}

const prefix = "distrust.";
const keyOf = ({ host, unit }: { host: HostId; unit: UnitId }): string =>
  `${prefix}${hostTokens(host)}.${unit.replaceAll(".", "=")}`;
const stopTimeoutMs = 2_000;

/**
 * The modules that are kept off the hosts on which they failed, in the bucket `record`, a key each. A controller that is
 * ended before it has written one is followed by another, which asks that module at once.
 */
export class Distrust {
  readonly #bucket: Bucket;
  readonly #leadership: Leadership;
  readonly #log: Log;
  #writes: WriteBehind;
  #failures = new Map<string, Failure>();
  #term: number | undefined;
  readonly #stopped = new AbortController();

  constructor(options: { bucket: Bucket; leadership: Leadership; log: Log }) {
    this.#bucket = options.bucket;
    this.#leadership = options.leadership;
    this.#log = options.log;
    this.#writes = new WriteBehind(this.#bucket, this.#log);
  }

  /** The term for which it is known who failed before. */
  get term(): number | undefined {
    return this.#term;
  }

  list(): Iterable<Failure> {
    return this.#failures.values();
  }

  /** To be called whenever the term has changed. Resolves when it is taken up, or stopped. */
  async takeUp(): Promise<void> {
    const { term } = this.#leadership;
    if (term === undefined) this.#writes.stop();
    if (term === undefined || term === this.#term) return;
    const isWanted = (): boolean => this.#leadership.term === term;
    const found = await insist(() => this.#read(), {
      signal: this.#stopped.signal,
      isWanted,
      onFailure: (failure) =>
        this.#log.warn({ problem: failure }, "modules that failed a challenge cannot be read"),
    });
    // The lead may have been lost while it was read; then nothing may be written.
    if (!found || !isWanted()) return;
    this.#failures = found;
    this.#writes = new WriteBehind(this.#bucket, this.#log);
    this.#writes.setPaused(false);
    this.#term = term;
  }

  /** Why this version is kept off the host; undefined when it is not. */
  problemOf(host: HostId, { id, digest }: { id: UnitId; digest: Digest }): Problem | undefined {
    const failure = this.#failures.get(keyOf({ host, unit: id }));
    if (failure?.digest !== digest) return undefined;
    return problem("security.challenge-failed", { unit: id, host, reason: failure.reason });
  }

  add(failure: Failure): void {
    this.#failures.set(keyOf(failure), failure);
    this.#writes.set(keyOf(failure), Buffer.from(JSON.stringify(failure)));
  }

  delete(failure: Failure): void {
    this.#failures.delete(keyOf(failure));
    this.#writes.set(keyOf(failure), undefined);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#writes.drained({ timeoutMs: stopTimeoutMs });
    this.#writes.stop();
  }

  async #read(): Promise<Map<string, Failure>> {
    const found = new Map<string, Failure>();
    for (const key of await this.#bucket.keys()) {
      if (!key.startsWith(prefix)) continue;
      const entry = await this.#bucket.get(key);
      if (entry) found.set(key, JSON.parse(Buffer.from(entry.value).toString()) as Failure);
    }
    return found;
  }
}
