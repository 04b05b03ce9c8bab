import { sourceLimits } from "./limits.ts";

/**
 * Runs one look after another, never two at once: when asked, when something changed, and by the clock. After failures
 * the clock's interval grows from `retryMinMs` to `retryMaxMs`, and both are jittered.
 */
export class LookLoop {
  readonly #look: () => Promise<"done" | "failed">;
  readonly #intervalMs: number;
  readonly #random: () => number;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #due = Number.POSITIVE_INFINITY;
  #failures = 0;
  #closed = false;

  /** `look` must not reject. */
  constructor(
    look: () => Promise<"done" | "failed">,
    options: { intervalMs: number; random?: () => number },
  ) {
    this.#look = look;
    this.#intervalMs = options.intervalMs;
    this.#random = options.random ?? Math.random;
  }

  /** A look that begins after this call; calls before it begins share it. */
  now(): Promise<void> {
    if (this.#closed) return this.#running ?? Promise.resolve();
    this.#next ??= (this.#running ?? Promise.resolve()).then(() => {
      this.#running = this.#next;
      this.#next = undefined;
      return this.#run();
    });
    return this.#next;
  }

  /** Has a look begin in `delayMs`, unless one is due before. */
  soon(delayMs: number): void {
    const due = performance.now() + delayMs;
    if (this.#closed || due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => void this.now(), delayMs);
  }

  /** No look begins any more; resolves when the last has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#next;
    await this.#running;
  }

  async #run(): Promise<void> {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#due = Number.POSITIVE_INFINITY;
    this.#failures = (await this.#look()) === "done" ? 0 : this.#failures + 1;
    this.soon(nextLookMs(this.#failures, this.#intervalMs, this.#random()));
  }
}

/** Milliseconds to the next look by the clock, after so many failures in a row; `random` is from 0 to 1. */
export function nextLookMs(failures: number, intervalMs: number, random: number): number {
  if (failures === 0) return intervalMs * (1 + sourceLimits.jitter * (2 * random - 1));
  const { retryMinMs, retryMaxMs } = sourceLimits;
  return Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(failures - 1, 20)) * (0.5 + random / 2);
}
