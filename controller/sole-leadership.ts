import type { Leadership } from "./leadership.ts";

/**
 * For a controller that is alone by construction, with a bus inside its own process. Its terms rise with the clock, so
 * that daemons that remember the terms of earlier runs follow; one that knows a newer term still is outbid.
 */
export class SoleLeadership implements Leadership {
  #term: number | undefined = Math.floor(Date.now() / 1000);
  readonly #listeners = new Set<() => void>();

  get term(): number | undefined {
    return this.#term;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  overtaken(term: number): void {
    this.#become(Math.max(this.#term ?? 0, term + 1));
  }

  async stop(): Promise<void> {
    this.#become(undefined);
  }

  #become(term: number | undefined): void {
    this.#term = term;
    for (const listener of this.#listeners) listener();
  }
}
