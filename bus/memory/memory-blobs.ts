import { createHash } from "node:crypto";
import { fail } from "../../schemas/mod.ts";
import type { BlobStore, Subscription } from "../bus.ts";
import { limits } from "../messages.ts";

/** Blobs in this process's memory: everybody reads the store itself, so there is nothing to serve. */
export class MemoryBlobs implements BlobStore {
  readonly #content = new Map<string, Uint8Array>();

  async put(content: Uint8Array): Promise<string> {
    const bytesMax = limits.blobBytesMax;
    if (content.byteLength > bytesMax) {
      fail("bus.payload-too-large", { subject: "blobs", bytes: content.byteLength, bytesMax });
    }
    const digest = createHash("sha256").update(content).digest("hex");
    if (!this.#content.has(digest)) this.#content.set(digest, new Uint8Array(content));
    return digest;
  }

  async get(digest: string): Promise<Uint8Array> {
    return this.#content.get(digest) ?? fail("artifact.missing", { digest });
  }

  async has(digest: string): Promise<boolean> {
    return this.#content.has(digest);
  }

  async prune(keep: ReadonlySet<string>): Promise<number> {
    const gone = [...this.#content.keys()].filter((digest) => !keep.has(digest));
    for (const digest of gone) this.#content.delete(digest);
    return gone.length;
  }

  async serve(): Promise<Subscription> {
    return { unsubscribe: () => undefined };
  }
}
