import { createHash, type Hash } from "node:crypto";
import { type Problem, problem } from "../../schemas/mod.ts";
import { type BlobData, chunkBytes, chunkCount } from "./blob-wire.ts";

export type TransferStep =
  | { kind: "more" }
  | { kind: "done"; content: Uint8Array }
  /** All arrived, and it is not the blob that was asked for. */
  | { kind: "wrong"; problem: Problem }
  | { kind: "absent" };

/**
 * What has arrived of one blob. Chunks come in any order, and more than once when others want them too; mostly they come in
 * order, and are hashed as they come, while the processor still has them at hand.
 */
export class BlobTransfer {
  readonly #digest: string;
  #content: Buffer | undefined;
  #missing = new Set<number>();
  #hash: Hash | undefined;
  /** The first chunk that is not hashed yet. */
  #unhashed = 0;

  constructor(digest: string) {
    this.#digest = digest;
  }

  /** The chunks still to come; undefined when nothing has arrived, so that even the size is unknown. */
  get missing(): number[] | undefined {
    return this.#content && [...this.#missing];
  }

  take(data: BlobData): TransferStep {
    if (data.kind === "absent") return { kind: "absent" };
    // Another size than before: one of the two senders is wrong, and the digest will tell which.
    if (this.#content?.byteLength !== data.totalBytes) this.#begin(data.totalBytes);
    if (!this.#missing.delete(data.index)) return { kind: "more" };
    this.#content?.set(data.data, data.index * chunkBytes);
    this.#hashOn();
    return this.#missing.size > 0 ? { kind: "more" } : this.#finish();
  }

  #begin(totalBytes: number): void {
    // What is handed on has every byte written by a chunk, and its digest verified.
    this.#content = Buffer.allocUnsafeSlow(totalBytes);
    this.#missing = new Set(Array.from({ length: chunkCount(totalBytes) }, (_, index) => index));
    this.#hash = createHash("sha256");
    this.#unhashed = 0;
  }

  #hashOn(): void {
    const content = this.#content as Buffer;
    const first = this.#unhashed;
    const count = chunkCount(content.byteLength);
    while (this.#unhashed < count && !this.#missing.has(this.#unhashed)) this.#unhashed++;
    if (this.#unhashed === first) return;
    this.#hash?.update(content.subarray(first * chunkBytes, this.#unhashed * chunkBytes));
  }

  #finish(): TransferStep {
    const content = this.#content as Buffer;
    const is = this.#hash?.digest("hex") ?? "";
    if (is === this.#digest) return { kind: "done", content };
    this.#content = undefined;
    return { kind: "wrong", problem: problem("artifact.corrupt", { digest: this.#digest, is }) };
  }
}
