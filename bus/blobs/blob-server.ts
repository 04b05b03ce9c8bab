import { type Problem, problemOf } from "../../schemas/mod.ts";
import type { Bus, Subscription } from "../bus.ts";
import { RateLimit } from "../rate-limit.ts";
import { subjects } from "../subjects.ts";
import type { BlobStorage } from "./blob-storage.ts";
import { type BlobWant, chunkBytes, chunkCount, decodeWant, encodeBlobData } from "./blob-wire.ts";
import { KeptBlobs } from "./kept-blobs.ts";

/** Wants that come this close together are answered together. */
const coalesceMs = 20;
/** Blobs read from storage and sent at once; the rest wait. */
const sendingAtOnceMax = 4;
/** Blobs wanted at once; wants beyond are dropped, and come again. */
const wantedMax = 1_024;
/** What one daemon may cause to be sent. */
const bytesBurst = 256 * 1024 * 1024;
const bytesPerSecond = 32 * 1024 * 1024;

/** Sizes remembered, to charge a want for what it will cost. */
const sizesMax = 4_096;

interface Wanted {
  digest: string;
  /** Wanted whole, by someone who asked before its number of chunks was known. */
  whole: boolean;
  /** Indices still to be sent. */
  chunks: Set<number>;
}

export interface BlobServerOptions {
  /** Resolves when the server has taken all that was published. */
  flush: () => Promise<void>;
  onProblem: (problem: Problem) => void;
}

/**
 * Publishes wanted blobs, each chunk once for all who want it at that time. A daemon listens before it asks: one that asks
 * in the middle of a round gets the rest of it, and in the next round what it had missed.
 */
export function serveBlobs(
  bus: Pick<Bus, "publish" | "subscribe">,
  storage: Pick<BlobStorage, "get">,
  options: BlobServerOptions,
): Subscription {
  const server = new BlobServer(bus, storage, options);
  const subscription = bus.subscribe(subjects.anyBlobWant, ({ subject, payload }) => {
    server.take(decodeWant(payload, subject), subject);
  });
  return {
    unsubscribe: () => {
      subscription.unsubscribe();
      server.end();
    },
  };
}

class BlobServer {
  readonly #bus: Pick<Bus, "publish">;
  readonly #storage: KeptBlobs;
  readonly #options: BlobServerOptions;
  readonly #wanted = new Map<string, Wanted>();
  readonly #ready: Wanted[] = [];
  readonly #limit = new RateLimit({ burst: bytesBurst, perSecond: bytesPerSecond });
  readonly #sizes = new Map<string, number>();
  #sending = 0;
  #ended = false;

  constructor(bus: Pick<Bus, "publish">, storage: Pick<BlobStorage, "get">, options: BlobServerOptions) {
    this.#bus = bus;
    this.#storage = new KeptBlobs(storage);
    this.#options = options;
  }

  take(want: BlobWant, subject: string): void {
    const count = this.#sizes.get(want.digest) ?? 1;
    // Controllers are trusted; and so is whoever simulates many daemons with one's rights.
    const free = subject === subjects.blobWant({ role: "controller" });
    if (!free && !this.#limit.spend(subject, (want.chunks?.length ?? count) * chunkBytes)) return;
    let wanted = this.#wanted.get(want.digest);
    if (!wanted) {
      if (this.#wanted.size >= wantedMax) return;
      wanted = { digest: want.digest, whole: false, chunks: new Set() };
      this.#wanted.set(want.digest, wanted);
      this.#queue(wanted);
    }
    if (want.chunks) for (const chunk of want.chunks) wanted.chunks.add(chunk);
    else wanted.whole = true;
  }

  end(): void {
    this.#ended = true;
    this.#wanted.clear();
    this.#ready.length = 0;
    this.#storage.clear();
  }

  #queue(wanted: Wanted): void {
    setTimeout(() => {
      if (this.#ended) return;
      this.#ready.push(wanted);
      this.#sendReady();
    }, coalesceMs);
  }

  #sendReady(): void {
    while (this.#sending < sendingAtOnceMax) {
      const wanted = this.#ready.shift();
      if (!wanted) return;
      this.#sending++;
      this.#sendRound(wanted)
        .catch((error) => {
          this.#wanted.delete(wanted.digest);
          this.#options.onProblem(problemOf(error));
        })
        .finally(() => {
          this.#sending--;
          this.#sendReady();
        });
    }
  }

  async #sendRound(wanted: Wanted): Promise<void> {
    const subject = subjects.blobData(wanted.digest);
    const content = await this.#storage.get(wanted.digest);
    if (!content) {
      this.#bus.publish(subject, encodeBlobData({ kind: "absent" }));
      this.#wanted.delete(wanted.digest);
      return;
    }
    const totalBytes = content.byteLength;
    const count = chunkCount(totalBytes);
    this.#remember(wanted.digest, count);
    for (let index = 0; index < count && !this.#ended; index++) {
      this.#expand(wanted, count);
      if (!wanted.chunks.delete(index)) continue;
      const data = content.subarray(index * chunkBytes, (index + 1) * chunkBytes);
      this.#bus.publish(subject, encodeBlobData({ kind: "chunk", totalBytes, index, data }));
      // Wants that arrive meanwhile count for the chunks still to come.
      await this.#options.flush();
    }
    this.#expand(wanted, count);
    if (wanted.chunks.size > 0) this.#queue(wanted);
    else this.#wanted.delete(wanted.digest);
  }

  /** Turns "all of it" into indices, and forgets those past the end. */
  #expand(wanted: Wanted, count: number): void {
    if (wanted.whole) for (let index = 0; index < count; index++) wanted.chunks.add(index);
    wanted.whole = false;
    for (const index of wanted.chunks) if (index >= count) wanted.chunks.delete(index);
  }

  #remember(digest: string, count: number): void {
    this.#sizes.set(digest, count);
    const [oldest] = this.#sizes.keys();
    if (this.#sizes.size > sizesMax && oldest !== undefined) this.#sizes.delete(oldest);
  }
}
