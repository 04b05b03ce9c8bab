import { fail, ProblemError, problem } from "../../schemas/mod.ts";
import type { Bus, RequestOptions } from "../bus.ts";
import type { BusIdentity } from "../subjects.ts";
import { BlobFetch, type FetchOutcome } from "./blob-fetch.ts";

/** Different blobs on their way to one process at once. */
const fetchesMax = 64;

interface Shared {
  fetch: BlobFetch;
  getters: Set<(outcome: FetchOutcome) => void>;
}

/** Gets blobs from whoever serves them. Those in this process that want the same one share one fetch. */
export class BlobFetcher {
  readonly #bus: Pick<Bus, "publish" | "subscribe">;
  readonly #identity: BusIdentity;
  readonly #shared = new Map<string, Shared>();

  constructor(bus: Pick<Bus, "publish" | "subscribe">, identity: BusIdentity) {
    this.#bus = bus;
    this.#identity = identity;
  }

  async get(digest: string, options: RequestOptions): Promise<Uint8Array> {
    const shared = this.#shared.get(digest) ?? this.#begin(digest);
    const outcome = await new Promise<FetchOutcome>((settle) => {
      const giveUp = (): void =>
        settle({ kind: "problem", problem: problem("artifact.missing", { digest }) });
      const done = (given: FetchOutcome): void => {
        clearTimeout(timer);
        options.signal?.removeEventListener("abort", leave);
        settle(given);
      };
      const leave = (): void => {
        shared.getters.delete(done);
        clearTimeout(timer);
        options.signal?.removeEventListener("abort", leave);
        if (shared.getters.size === 0) this.#end(digest, shared);
        giveUp();
      };
      const timer = setTimeout(leave, options.timeoutMs);
      shared.getters.add(done);
      if (options.signal?.aborted) leave();
      else options.signal?.addEventListener("abort", leave);
    });
    if (outcome.kind === "problem") throw new ProblemError(outcome.problem);
    return outcome.content;
  }

  #begin(digest: string): Shared {
    if (this.#shared.size >= fetchesMax) {
      return fail("bus.overloaded", { subject: "blobs", pendingMax: fetchesMax });
    }
    const getters: Shared["getters"] = new Set();
    const fetch = new BlobFetch({
      bus: this.#bus,
      identity: this.#identity,
      digest,
      onDone: (outcome) => {
        this.#shared.delete(digest);
        for (const getter of getters) getter(outcome);
      },
    });
    const shared = { fetch, getters };
    this.#shared.set(digest, shared);
    return shared;
  }

  #end(digest: string, shared: Shared): void {
    shared.fetch.stop();
    // A later fetch of the same blob may have taken its place.
    if (this.#shared.get(digest) === shared) this.#shared.delete(digest);
  }
}
