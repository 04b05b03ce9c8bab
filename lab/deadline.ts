/** A signal that fires when another does, or when the time is over. */
export interface Deadline {
  signal: AbortSignal;
  /** Stops the clock; the signal then follows the other alone. */
  clear(): void;
}

/**
 * The clock is a timer of our own: `AbortSignal.any` holds its sources weakly, and Node.js 20 then collects a signal of
 * `AbortSignal.timeout` that nobody else refers to, so that it never fires.
 */
export function deadline(signal: AbortSignal, afterMs: number): Deadline {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), afterMs);
  return { signal: AbortSignal.any([signal, late.signal]), clear: () => clearTimeout(timer) };
}
