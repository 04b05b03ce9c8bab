import type { BlobStorage } from "./blob-storage.ts";

/** Of the blobs last read, how much is kept at hand. */
const keptBytesMax = 32 * 1024 * 1024;
/** Daemons of a large fleet ask one after another for as long as a rollout takes. */
const keptForMs = 10_000;

/** Storage that reads a blob once for rounds that follow one another. */
export class KeptBlobs {
  readonly #storage: Pick<BlobStorage, "get">;
  /** The one used longest ago first. */
  readonly #kept = new Map<string, { content: Uint8Array; timer: NodeJS.Timeout }>();
  #bytes = 0;

  constructor(storage: Pick<BlobStorage, "get">) {
    this.#storage = storage;
  }

  async get(digest: string): Promise<Uint8Array | undefined> {
    const content = this.#kept.get(digest)?.content ?? (await this.#storage.get(digest));
    if (content) this.#keep(digest, content);
    return content;
  }

  clear(): void {
    for (const digest of [...this.#kept.keys()]) this.#drop(digest);
  }

  #keep(digest: string, content: Uint8Array): void {
    this.#drop(digest);
    const timer = setTimeout(() => this.#drop(digest), keptForMs);
    timer.unref();
    this.#kept.set(digest, { content, timer });
    this.#bytes += content.byteLength;
    for (const [oldest] of this.#kept) {
      if (this.#bytes <= keptBytesMax) return;
      this.#drop(oldest);
    }
  }

  #drop(digest: string): void {
    const kept = this.#kept.get(digest);
    if (!kept) return;
    clearTimeout(kept.timer);
    this.#kept.delete(digest);
    this.#bytes -= kept.content.byteLength;
  }
}
