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
  #last: Promise<unknown> = Promise.resolve();

  /** The bucket is opened when first needed: daemons have no right to it, and no need. */
  constructor(openBucket: () => Promise<Bucket>) {
    this.#openBucket = openBucket;
  }

  async put(content: Uint8Array): Promise<string> {
    const bytesMax = limits.blobBytesMax;
    if (content.byteLength > bytesMax) {
      fail("bus.payload-too-large", { subject: "blobs", bytes: content.byteLength, bytesMax });
    }
    const digest = sha256(content);
    await this.#inTurn(() => this.#write(digest, content));
    return digest;
  }

  async has(digest: string): Promise<boolean> {
    return (await (await this.#open()).get(wholeKey(digest))) !== undefined;
  }

  /** Undefined when the blob is not there; one that is damaged is from then on not there, so that it can be put again. */
  async get(digest: string): Promise<Uint8Array | undefined> {
    const bucket = await this.#open();
    const whole = await bucket.get(wholeKey(digest));
    if (!whole) return undefined;
    const content = await readChunks(bucket, digest, Number(Buffer.from(whole.value).toString()));
    if (content && sha256(content) === digest) return content;
    await bucket.delete(whole.key, { revision: whole.revision });
    return undefined;
  }

  /** As `BlobStore.get`, for who has a right to the bucket. */
  async read(digest: string): Promise<Uint8Array> {
    return (await this.get(digest)) ?? fail("artifact.missing", { digest });
  }

  prune(keep: ReadonlySet<string>): Promise<number> {
    return this.#inTurn(async () => {
      const bucket = await this.#open();
      const keys = (await bucket.keys()).filter((key) => !keep.has(digestOf(key)));
      // The sizes go first, so that no blob looks whole when it is not.
      keys.sort((a, b) => Number(isWholeKey(b)) - Number(isWholeKey(a)));
      for (const key of keys) await bucket.delete(key);
      return new Set(keys.map(digestOf)).size;
    });
  }

  async #write(digest: string, content: Uint8Array): Promise<void> {
    if (await this.has(digest)) return;
    const bucket = await this.#open();
    for (let index = 0; index < chunkCount(content.byteLength); index++) {
      await bucket.put(`${digest}.${index}`, content.subarray(index * chunkBytes, (index + 1) * chunkBytes));
    }
    await bucket.put(wholeKey(digest), Buffer.from(String(content.byteLength)));
  }

  /** A blob being written and a blob being pruned must not be the same one at the same time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  #open(): Promise<Bucket> {
    this.#bucket ??= this.#openBucket().catch((error) => {
      this.#bucket = undefined;
      throw error;
    });
    return this.#bucket;
  }
}

async function readChunks(bucket: Bucket, digest: string, bytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  const count = chunkCount(Math.min(bytes, limits.blobBytesMax));
  for (let first = 0; first < count; first += readsAtOnceMax) {
    const some = Array.from({ length: Math.min(readsAtOnceMax, count - first) }, (_, i) => first + i);
    const entries = await Promise.all(some.map((index) => bucket.get(`${digest}.${index}`)));
    for (const entry of entries) {
      if (!entry) return undefined;
      chunks.push(entry.value);
    }
  }
  return Buffer.concat(chunks);
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
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
