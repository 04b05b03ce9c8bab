import type { Bucket } from "../bus/mod.ts";
import { problemOf } from "../schemas/mod.ts";
import { backoffMs } from "./backoff.ts";
import type { Log } from "./log.ts";

const writesInFlightMax = 16;
const backoff = { backoffFirstMs: 200, backoffMaxMs: 30_000 };

/**
 * Brings values to a bucket behind the caller's back: of several values of one key only the newest is written, a limited
 * number at a time, and a write that fails is tried again. While paused nothing is written and the newest values wait.
 */
export class WriteBehind {
  readonly #bucket: Bucket;
  readonly #log: Log;
  readonly #pending = new Map<string, Uint8Array | undefined>();
  readonly #writing = new Set<string>();
  #isPaused = true;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #idle: (() => void)[] = [];

  constructor(bucket: Bucket, log: Log) {
    this.#bucket = bucket;
    this.#log = log;
  }

  /** Undefined deletes the key. */
  set(key: string, value: Uint8Array | undefined): void {
    this.#pending.set(key, value);
    this.#pump();
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#pump();
  }

  /** Resolves when everything is written, or the time is up; at once while paused. */
  async drained(options: { timeoutMs: number }): Promise<void> {
    if (this.#isPaused || this.#isIdle()) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, options.timeoutMs);
      this.#idle.push(() => {
        clearTimeout(late);
        resolve();
      });
    });
  }

  stop(): void {
    this.#isPaused = true;
    clearTimeout(this.#retry);
    this.#settle();
  }

  #isIdle(): boolean {
    return this.#pending.size === 0 && this.#writing.size === 0;
  }

  #settle(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #pump(): void {
    if (this.#isPaused || this.#retry) return;
    for (const [key, value] of this.#pending) {
      if (this.#writing.size >= writesInFlightMax) return;
      // Two writes of one key at once could arrive in either order.
      if (this.#writing.has(key)) continue;
      this.#pending.delete(key);
      void this.#write(key, value);
    }
    if (this.#isIdle()) this.#settle();
  }

  async #write(key: string, value: Uint8Array | undefined): Promise<void> {
    this.#writing.add(key);
    try {
      if (value) await this.#bucket.put(key, value);
      else await this.#bucket.delete(key);
      this.#failures = 0;
    } catch (error) {
      if (!this.#pending.has(key)) this.#pending.set(key, value);
      this.#rest(error);
    } finally {
      this.#writing.delete(key);
      this.#pump();
    }
  }

  #rest(error: unknown): void {
    this.#failures += 1;
    this.#log.warn({ problem: problemOf(error), waiting: this.#pending.size }, "status cannot be written");
    clearTimeout(this.#retry);
    this.#retry = setTimeout(
      () => {
        this.#retry = undefined;
        this.#pump();
      },
      backoffMs(this.#failures, Math.random(), backoff),
    );
  }
}
