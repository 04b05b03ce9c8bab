import { type Problem, problemOf } from "../../schemas/mod.ts";
import type { Bus, Subscription } from "../bus.ts";
import { RateLimit } from "../rate-limit.ts";
import { subjects } from "../subjects.ts";
import { Audience } from "./audience.ts";
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

/** Of one round, how many it is known for whom it was. */
const askersMax = 100_000;
/** Sizes remembered, to charge a want for what it will cost. */
const sizesMax = 4_096;

interface Wanted {
  digest: string;
  /** Wanted whole, by someone who asked before its number of chunks was known. */
  whole: boolean;
  /** Indices still to be sent. */
  chunks: Set<number>;
  /** Subjects under which it was asked for since the round under way began, or for the next one. */
  askers: Set<string>;
  /** Whom the round under way is for, and who has not said yet to have it. */
  audience: Set<string>;
  /** parked: until the audience of the round before has what it was sent. */
  state: "gathering" | "parked" | "sending";
}

export interface BlobServerOptions {
  /** Resolves when the server has taken all that was published. */
  flush: () => Promise<void>;
  onProblem: (problem: Problem) => void;
}

/**
 * Publishes wanted blobs, each chunk once for all who want it at that time. A daemon listens before it asks: one that asks
 * in the middle of a round gets the rest of it, and in the next round what it had missed. The next round begins when most
 * have what the one before was for.
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
  /** By digest, who has yet to read what was sent last. */
  readonly #audiences = new Map<string, Audience>();
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
    if (want.chunks?.length === 0) {
      this.#noteHas(want.digest, subject);
      return;
    }
    const count = this.#sizes.get(want.digest) ?? 1;
    // Controllers are trusted; and so is whoever simulates many daemons with one's rights.
    const free = subject === subjects.blobWant({ role: "controller" });
    if (!free && !this.#limit.spend(subject, (want.chunks?.length ?? count) * chunkBytes)) return;
    let wanted = this.#wanted.get(want.digest);
    if (!wanted) {
      if (this.#wanted.size >= wantedMax) return;
      wanted = newlyWanted(want.digest);
      this.#wanted.set(want.digest, wanted);
      this.#gather(wanted);
    }
    if (wanted.askers.size < askersMax) wanted.askers.add(subject);
    if (want.chunks) for (const chunk of want.chunks) wanted.chunks.add(chunk);
    else wanted.whole = true;
  }

  end(): void {
    this.#ended = true;
    this.#wanted.clear();
    this.#ready.length = 0;
    this.#storage.clear();
    for (const audience of this.#audiences.values()) audience.stop();
    this.#audiences.clear();
  }

  #noteHas(digest: string, subject: string): void {
    const wanted = this.#wanted.get(digest);
    wanted?.askers.delete(subject);
    wanted?.audience.delete(subject);
    this.#audiences.get(digest)?.noteHas(subject);
  }

  #gather(wanted: Wanted): void {
    wanted.state = "gathering";
    setTimeout(() => {
      if (this.#audiences.has(wanted.digest)) wanted.state = "parked";
      else this.#begin(wanted);
    }, coalesceMs);
  }

  #begin(wanted: Wanted): void {
    if (this.#ended) return;
    wanted.state = "sending";
    this.#ready.push(wanted);
    this.#sendReady();
  }

  #endRound(wanted: Wanted): void {
    const { digest } = wanted;
    if (this.#ended) return;
    const isOver = wanted.chunks.size === 0;
    // Those who asked while it was sent, and came in time for all of it.
    if (isOver) for (const asker of wanted.askers) wanted.audience.add(asker);
    if (wanted.audience.size > 0) {
      const audience = new Audience(wanted.audience, () => this.#endAudience(digest));
      this.#audiences.set(digest, audience);
    }
    if (isOver) this.#wanted.delete(digest);
    else this.#gather(wanted);
  }

  #endAudience(digest: string): void {
    this.#audiences.delete(digest);
    const wanted = this.#wanted.get(digest);
    if (wanted?.state === "parked") this.#begin(wanted);
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
    wanted.audience = wanted.askers;
    wanted.askers = new Set();
    for (let index = 0; index < count && !this.#ended; index++) {
      this.#expand(wanted, count);
      if (!wanted.chunks.delete(index)) continue;
      const data = content.subarray(index * chunkBytes, (index + 1) * chunkBytes);
      this.#bus.publish(subject, encodeBlobData({ kind: "chunk", totalBytes, index, data }));
      // Wants that arrive meanwhile count for the chunks still to come.
      await this.#options.flush();
    }
    this.#expand(wanted, count);
    this.#endRound(wanted);
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

function newlyWanted(digest: string): Wanted {
  const [askers, audience] = [new Set<string>(), new Set<string>()];
  return { digest, whole: false, chunks: new Set(), askers, audience, state: "gathering" };
}
