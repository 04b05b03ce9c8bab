import { type Problem, problemOf } from "../schemas/mod.ts";
import { backoffMs } from "./backoff.ts";
import { pause } from "./pause.ts";

export interface InsistOptions {
  /** Ends the waiting between two attempts, and with it all further ones. */
  signal: AbortSignal;
  /** Looked at before each attempt; without it, it is wanted until `signal` aborts. */
  isWanted?(): boolean;
  onFailure(problem: Problem): void;
}

const backoff = { backoffFirstMs: 100, backoffMaxMs: 10_000 };

/**
 * Tries what nothing can go on without, with growing waits in between, until it is done. Resolves to undefined when that is
 * not wanted any more.
 */
export async function insist<T>(attempt: () => Promise<T>, options: InsistOptions): Promise<T | undefined> {
  const { signal, isWanted = () => true, onFailure } = options;
  for (let failures = 1; !signal.aborted && isWanted(); failures++) {
    try {
      return await attempt();
    } catch (error) {
      onFailure(problemOf(error));
      await pause(backoffMs(failures, Math.random(), backoff), signal);
    }
  }
  return undefined;
}
