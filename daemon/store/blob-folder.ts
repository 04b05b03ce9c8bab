import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../../schemas/mod.ts";
import { setAside, sha256, syncFolder, writeWhole } from "./checked-file.ts";

const digestPattern = /^[0-9a-f]{64}$/;

/**
 * Artifacts on disk, each under its digest. Content is read into shared memory, once for all units that hold it, so that
 * handing it to an engine's worker copies nothing.
 */
export class BlobFolder {
  readonly #folder: string;
  readonly #tornFolder: string;
  readonly #present = new Set<Digest>();
  readonly #read = new Map<Digest, WeakRef<Uint8Array>>();

  private constructor(folder: string, tornFolder: string) {
    this.#folder = folder;
    this.#tornFolder = tornFolder;
  }

  /** Opens a folder that is there. Files that are no blobs are set aside; `torn` is told of each. */
  static async open(
    folder: string,
    options: { tornFolder: string; torn: (file: string, reason: string) => void },
  ): Promise<BlobFolder> {
    const blobs = new BlobFolder(folder, options.tornFolder);
    for (const name of await readdir(folder)) {
      if (digestPattern.test(name)) {
        blobs.#present.add(name);
        continue;
      }
      await setAside(join(folder, name), options.tornFolder);
      options.torn(join(folder, name), "its name is no digest");
    }
    return blobs;
  }

  has(digest: Digest): boolean {
    return this.#present.has(digest);
  }

  /** Content in shared memory; undefined when there is none, or it was torn (and has been set aside). */
  async read(digest: Digest): Promise<Uint8Array | undefined> {
    const kept = this.#read.get(digest)?.deref();
    if (kept) return kept;
    const content = await this.readPrivate(digest);
    return content && this.#keep(digest, content);
  }

  /** Like `read`, for whoever asked alone. */
  async readPrivate(digest: Digest): Promise<Uint8Array | undefined> {
    if (!this.#present.has(digest)) return undefined;
    const content = await readFile(join(this.#folder, digest));
    if (sha256(content) === digest) return content;
    this.#present.delete(digest);
    await setAside(join(this.#folder, digest), this.#tornFolder);
    return undefined;
  }

  /** Writes content whose digest was verified; it is on disk when this resolves. */
  async write(digest: Digest, content: Uint8Array): Promise<void> {
    await writeWhole(join(this.#folder, digest), content);
    await syncFolder(this.#folder);
    this.#present.add(digest);
  }

  /** Deletes what is not in `keep`; resolves to how many went. */
  async collect(keep: ReadonlySet<Digest>): Promise<number> {
    const gone = [...this.#present].filter((digest) => !keep.has(digest));
    for (const digest of gone) {
      await rm(join(this.#folder, digest), { force: true });
      this.#present.delete(digest);
      this.#read.delete(digest);
    }
    return gone.length;
  }

  #keep(digest: Digest, content: Uint8Array): Uint8Array {
    const shared = new Uint8Array(new SharedArrayBuffer(content.length));
    shared.set(content);
    this.#read.set(digest, new WeakRef(shared));
    return shared;
  }
}
