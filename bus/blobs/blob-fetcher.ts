import { type Problem, ProblemError, problem } from "../../schemas/mod.ts";
import type { Bus, RequestOptions } from "../bus.ts";
import { type BusIdentity, subjects } from "../subjects.ts";
import { BlobTransfer } from "./blob-transfer.ts";
import { decodeBlobData, encodeWant } from "./blob-wire.ts";

const retryFirstMs = 1_000;
const retryMaxMs = 8_000;
/** How often a blob may arrive whole and wrong before its getters are told. */
const wrongMax = 3;
const fetchesMax = 64;

type Outcome = { kind: "content"; content: Uint8Array } | { kind: "problem"; problem: Problem };

interface Fetch {
  settle: Set<(outcome: Outcome) => void>;
  stop: () => void;
}

/**
 * Gets blobs from whoever serves them: listens where the blob will be published, says that it is wanted, and says again
 * what is missing when nothing more comes. Gets of one blob share one fetch.
 */
export class BlobFetcher {
  readonly #bus: Pick<Bus, "publish" | "subscribe">;
  readonly #identity: BusIdentity;
  readonly #fetches = new Map<string, Fetch>();

  constructor(bus: Pick<Bus, "publish" | "subscribe">, identity: BusIdentity) {
    this.#bus = bus;
    this.#identity = identity;
  }

  get(digest: string, options: RequestOptions): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const fetch = this.#fetches.get(digest) ?? this.#begin(digest);
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        options.signal?.removeEventListener("abort", giveUp);
        fetch.settle.delete(settle);
        if (fetch.settle.size === 0) fetch.stop();
        if (outcome.kind === "content") resolve(outcome.content);
        else reject(new ProblemError(outcome.problem));
      };
      const giveUp = (): void =>
        settle({ kind: "problem", problem: problem("artifact.missing", { digest }) });
      const timer = setTimeout(giveUp, options.timeoutMs);
      fetch.settle.add(settle);
      if (options.signal?.aborted) giveUp();
      else options.signal?.addEventListener("abort", giveUp);
    });
  }

  #begin(digest: string): Fetch {
    const pendingMax = fetchesMax;
    const subject = subjects.blobData(digest);
    if (this.#fetches.size >= fetchesMax) {
      throw new ProblemError(problem("bus.overloaded", { subject: "blobs", pendingMax }));
    }
    const transfer = new BlobTransfer(digest);
    const settle: Fetch["settle"] = new Set();
    let retryMs = retryFirstMs;
    let timer: NodeJS.Timeout | undefined;
    let wrong = 0;
    const want = (): void => {
      const { missing } = transfer;
      this.#bus.publish(
        subjects.blobWant(this.#identity),
        encodeWant({ digest, ...(missing && { chunks: missing }) }),
      );
      wait();
    };
    const wait = (): void => {
      clearTimeout(timer);
      // Spread, so that those who lost the same chunk do not ask for it in one moment, once per daemon.
      timer = setTimeout(
        () => {
          retryMs = Math.min(retryMaxMs, retryMs * 2);
          want();
        },
        retryMs * (0.75 + Math.random() / 2),
      );
    };
    const finish = (outcome: Outcome): void => {
      for (const each of [...settle]) each(outcome);
    };
    const subscription = this.#bus.subscribe(subject, ({ payload }) => {
      const step = transfer.take(decodeBlobData(payload, subject));
      if (step.kind === "done") finish({ kind: "content", content: step.content });
      else if (step.kind === "absent") {
        finish({ kind: "problem", problem: problem("artifact.missing", { digest }) });
      } else if (step.kind === "wrong" && ++wrong >= wrongMax) {
        finish({ kind: "problem", problem: step.problem });
      } else if (settle.size > 0) wait();
    });
    const fetch: Fetch = {
      settle,
      stop: () => {
        clearTimeout(timer);
        subscription.unsubscribe();
        this.#fetches.delete(digest);
      },
    };
    this.#fetches.set(digest, fetch);
    want();
    return fetch;
  }
}
