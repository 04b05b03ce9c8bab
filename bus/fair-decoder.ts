import { fail, ProblemError } from "../schemas/mod.ts";
import type { Codec } from "./codecs.ts";
import { RateLimit } from "./rate-limit.ts";
import { speakerOf } from "./subjects.ts";
import { unpackedBytes } from "./wire.ts";

export interface FairShare {
  /** Of unpacked JSON, at once and lasting, for each host. */
  bytesBurst: number;
  bytesPerSecond: number;
  /** What the smallest message costs; what is malformed costs as much as the largest. */
  messageBytesMin: number;
  messageBytesMax: number;
}

/**
 * Decodes what hosts send, to each its share of this thread: a host that sends more, or sends what takes long and is
 * malformed, is refused before anything is unpacked, and nobody else waits.
 */
export class FairDecoder<T> {
  readonly #codec: Codec<T>;
  readonly #share: FairShare;
  readonly #limit: RateLimit;

  constructor(codec: Codec<T>, share: FairShare & { clock?: () => number }) {
    this.#codec = codec;
    this.#share = share;
    const { bytesBurst: burst, bytesPerSecond: perSecond, clock } = share;
    this.#limit = new RateLimit({ burst, perSecond, ...(clock && { clock }) });
  }

  /** Throws `bus.malformed`, and `bus.share-spent` when the host has had its share. */
  decode(payload: Uint8Array, subject: string): T {
    const speaker = speakerOf(subject);
    const paid = Math.max(payload.byteLength, this.#share.messageBytesMin);
    if (!this.#limit.spend(speaker, paid)) {
      return fail("bus.share-spent", { host: speaker, bytesPerSecond: this.#share.bytesPerSecond });
    }
    try {
      const read = this.#codec.decode(payload, subject);
      this.#limit.owe(speaker, Math.max(0, unpackedBytes(payload) - paid));
      return read;
    } catch (error) {
      if (error instanceof ProblemError) this.#limit.owe(speaker, this.#share.messageBytesMax);
      throw error;
    }
  }
}
