import { type Problem, problem } from "../../schemas/mod.ts";
import type { Bus, Subscription } from "../bus.ts";
import { type BusIdentity, subjects } from "../subjects.ts";
import { BlobTransfer } from "./blob-transfer.ts";
import { decodeBlobData, encodeWant } from "./blob-wire.ts";

const retryFirstMs = 2_000;
const retryMaxMs = 16_000;
/** How often a blob may arrive whole and wrong before its getters are told. */
const wrongMax = 3;

export type FetchOutcome = { kind: "content"; content: Uint8Array } | { kind: "problem"; problem: Problem };

export interface BlobFetchOptions {
  bus: Pick<Bus, "publish" | "subscribe">;
  identity: BusIdentity;
  digest: string;
  /** Called once, and not after `stop`. */
  onDone: (outcome: FetchOutcome) => void;
}

/** One blob on its way to this process. */
export class BlobFetch {
  readonly #options: BlobFetchOptions;
  readonly #transfer: BlobTransfer;
  readonly #subscription: Subscription;
  #timer: NodeJS.Timeout | undefined;
  #retryMs = retryFirstMs;
  #wrong = 0;
  #isOver = false;

  /** Listens, and then says what it wants: whatever is sent from now on arrives. */
  constructor(options: BlobFetchOptions) {
    const { bus, digest } = options;
    this.#options = options;
    this.#transfer = new BlobTransfer(digest);
    this.#subscription = bus.subscribe(subjects.blobData(digest), ({ payload, subject }) =>
      this.#take(payload, subject),
    );
    this.#want();
  }

  /** Nothing more is wanted, which is said: whoever serves it need not wait for us. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#subscription.unsubscribe();
    const { bus, identity, digest } = this.#options;
    bus.publish(subjects.blobWant(identity), encodeWant({ digest, chunks: [] }));
  }

  #take(payload: Uint8Array, subject: string): void {
    if (this.#isOver) return;
    const step = this.#transfer.take(decodeBlobData(payload, subject));
    if (step.kind === "done") this.#finish({ kind: "content", content: step.content });
    else if (step.kind === "absent") {
      const { digest } = this.#options;
      this.#finish({ kind: "problem", problem: problem("artifact.missing", { digest }) });
    } else if (step.kind === "wrong" && ++this.#wrong >= wrongMax) {
      this.#finish({ kind: "problem", problem: step.problem });
    } else this.#wait();
  }

  #finish(outcome: FetchOutcome): void {
    this.stop();
    this.#options.onDone(outcome);
  }

  #want(): void {
    const { bus, identity, digest } = this.#options;
    const { missing } = this.#transfer;
    bus.publish(subjects.blobWant(identity), encodeWant({ digest, ...(missing && { chunks: missing }) }));
    this.#wait();
  }

  /** When nothing more comes, says again what is missing. */
  #wait(): void {
    clearTimeout(this.#timer);
    // Spread, so that those who lost the same chunk do not ask for it in one moment.
    const afterMs = this.#retryMs * (0.75 + Math.random() / 2);
    this.#timer = setTimeout(() => {
      this.#retryMs = Math.min(retryMaxMs, this.#retryMs * 2);
      this.#want();
    }, afterMs);
  }
}
