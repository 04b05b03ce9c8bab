import { createHash } from "node:crypto";
import { fail } from "../../schemas/mod.ts";
import type { Bucket } from "../bus.ts";
import { limits } from "../messages.ts";
import { chunkBytes, chunkCount } from "./blob-wire.ts";

/** Chunks read at once from the bucket. */
const readsAtOnceMax = 8;

/**
 * Blobs in a bucket: chunks under `<digest>.<index>`, and once all are there, the blob's size under `<digest>.whole`.
 * One process writes and prunes at a time: the leading controller.
 */
export class BlobStorage {
  readonly #openBucket: () => Promise<Bucket>;
  #bucket: Promise<Bucket> | undefined;

  /** The bucket is opened when first needed: daemons have no right to it, and no need. */
  constructor(openBucket: () => Promise<Bucket>) {
    this.#openBucket = openBucket;
  }

  async put(content: Uint8Array): Promise<string> {
    const bytesMax = limits.blobBytesMax;
    if (content.byteLength > bytesMax) {
      fail("bus.payload-too-large", { subject: "blobs", bytes: content.byteLength, bytesMax });
    }
    const digest = createHash("sha256").update(content).digest("hex");
    if (await this.has(digest)) return digest;
    const bucket = await this.#open();
    for (let index = 0; index < chunkCount(content.byteLength); index++) {
      await bucket.put(`${digest}.${index}`, content.subarray(index * chunkBytes, (index + 1) * chunkBytes));
    }
    await bucket.put(wholeKey(digest), Buffer.from(String(content.byteLength)));
    return digest;
  }

  async has(digest: string): Promise<boolean> {
    return (await (await this.#open()).get(wholeKey(digest))) !== undefined;
  }

  /** Undefined when the blob is not there whole. */
  async get(digest: string): Promise<Uint8Array | undefined> {
    const bucket = await this.#open();
    const whole = await bucket.get(wholeKey(digest));
    if (!whole) return undefined;
    const bytes = Number(Buffer.from(whole.value).toString());
    const chunks: Uint8Array[] = [];
    for (let first = 0; first < chunkCount(bytes); first += readsAtOnceMax) {
      const count = Math.min(readsAtOnceMax, chunkCount(bytes) - first);
      const keys = Array.from({ length: count }, (_, i) => `${digest}.${first + i}`);
      const entries = await Promise.all(keys.map((key) => bucket.get(key)));
      for (const entry of entries) {
        if (!entry) return undefined;
        chunks.push(entry.value);
      }
    }
    const content = Buffer.concat(chunks);
    return content.byteLength === bytes ? content : undefined;
  }

  /** As `BlobStore.get`, for who has a right to the bucket. */
  async read(digest: string): Promise<Uint8Array> {
    const content = (await this.get(digest)) ?? fail("artifact.missing", { digest });
    const is = createHash("sha256").update(content).digest("hex");
    return is === digest ? content : fail("artifact.corrupt", { digest, is });
  }

  async prune(keep: ReadonlySet<string>): Promise<number> {
    const bucket = await this.#open();
    const gone = new Set<string>();
    const keys = (await bucket.keys()).filter((key) => !keep.has(digestOf(key)));
    // The sizes go first, so that no blob looks whole when it is not.
    keys.sort((a, b) => Number(isWholeKey(b)) - Number(isWholeKey(a)));
    for (const key of keys) {
      await bucket.delete(key);
      gone.add(digestOf(key));
    }
    return gone.size;
  }

  #open(): Promise<Bucket> {
    this.#bucket ??= this.#openBucket().catch((error) => {
      this.#bucket = undefined;
      throw error;
    });
    return this.#bucket;
  }
}

function wholeKey(digest: string): string {
  return `${digest}.whole`;
}

function isWholeKey(key: string): boolean {
  return key.endsWith(".whole");
}

function digestOf(key: string): string {
  return key.slice(0, key.indexOf("."));
}
