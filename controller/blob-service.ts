import type { BlobStore, Subscription } from "../bus/mod.ts";
import { problemOf } from "../schemas/mod.ts";
import type { Log } from "./log.ts";

/** Has blobs served while this controller leads, and by no other: what is asked for is then sent once. */
export class BlobService {
  readonly #store: BlobStore;
  readonly #log: Log;
  #wanted = false;
  #changing: Promise<void> = Promise.resolve();
  #serving: Subscription | undefined;

  constructor(store: BlobStore, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** Resolves when it is so, or could not be done. */
  set(isServing: boolean): Promise<void> {
    this.#wanted = isServing;
    this.#changing = this.#changing.then(() => this.#change());
    return this.#changing;
  }

  async #change(): Promise<void> {
    if (this.#wanted === (this.#serving !== undefined)) return;
    this.#serving?.unsubscribe();
    this.#serving = undefined;
    if (!this.#wanted) return;
    try {
      this.#serving = await this.#store.serve();
    } catch (error) {
      this.#log.error({ problem: problemOf(error) }, "blobs cannot be served");
    }
  }
}
