import type { BlobStore } from "../bus/mod.ts";
import type { Digest } from "../schemas/mod.ts";

/** Reads the content of an artifact that some object in force names; rejects with `artifact.missing`. */
export type ReadArtifact = (digest: Digest) => Promise<Uint8Array>;

/** Sees to it that a blob is in the store before a daemon is told to fetch it. Each blob is put at most once at a time. */
export class BlobSender {
  readonly #store: BlobStore;
  readonly #read: ReadArtifact;
  readonly #known = new Map<Digest, Promise<void>>();

  constructor(store: BlobStore, read: ReadArtifact) {
    this.#store = store;
    this.#read = read;
  }

  /** Resolves when the blob is there; what is known to be there is not asked for again. */
  ensure(digest: Digest): Promise<void> {
    let known = this.#known.get(digest);
    if (!known) {
      known = this.#put(digest);
      this.#known.set(digest, known);
      known.catch(() => this.#known.delete(digest));
    }
    return known;
  }

  /** Forgets what is known, for when the store may have lost it. */
  forget(digest?: Digest): void {
    if (digest === undefined) this.#known.clear();
    else this.#known.delete(digest);
  }

  async #put(digest: Digest): Promise<void> {
    if (await this.#store.has(digest)) return;
    await this.#store.put(await this.#read(digest));
  }
}
