import type { Bucket } from "../../bus/mod.ts";
import { fail } from "../../schemas/mod.ts";
import type { ObjectRef } from "../objects.ts";
import type { RotationRecord } from "./rotation-record.ts";

/** What the bucket has of one rotation; `revision` is the bucket's. */
export interface StoredRotation {
  record: RotationRecord;
  term: number;
  revision: number;
}

export type Stored =
  | { kind: "stored"; stored: StoredRotation }
  /** A controller of a newer term has written. */
  | { kind: "overtaken"; term: number }
  /** Somebody has written since; what is there now has been claimed, and is to be gone on from. */
  | { kind: "changed"; stored: StoredRotation };

const prefix = "rotation.";
const keyOf = (rotation: ObjectRef): string => `${prefix}${rotation}`;
const attemptsMax = 10;

/**
 * What is decided of rotations, in the bucket `record`, a key each. Written by compare-and-set: a controller writes only over
 * what it knows, and one that takes over first writes its term into every entry, so that none of an older term writes any more.
 */
export class RotationStore {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  /** All that is stored, claimed for the term; or the newer term that stands in its way. Rejects when the bus cannot be reached. */
  async claimAll(term: number): Promise<Map<ObjectRef, StoredRotation> | number> {
    const claimed = new Map<ObjectRef, StoredRotation>();
    for (const key of await this.#bucket.keys()) {
      if (!key.startsWith(prefix)) continue;
      const rotation = key.slice(prefix.length);
      const found = await this.#claim(rotation, term);
      if (typeof found === "number") return found;
      if (found) claimed.set(rotation, found);
    }
    return claimed;
  }

  /** `before` is what was last read or written; undefined when there was nothing. */
  async save(
    rotation: ObjectRef,
    { record, term, before }: { record: RotationRecord; term: number; before: StoredRotation | undefined },
  ): Promise<Stored> {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const bytes = encode({ record, term });
      const revision = before
        ? await this.#bucket.update(keyOf(rotation), bytes, before.revision)
        : await this.#bucket.create(keyOf(rotation), bytes);
      if (revision !== undefined) return { kind: "stored", stored: { record, term, revision } };
      const found = await this.#claim(rotation, term);
      if (typeof found === "number") return { kind: "overtaken", term: found };
      if (found) return { kind: "changed", stored: found };
      before = undefined;
    }
    return fail("bus.unavailable", {
      reason: `"${keyOf(rotation)}" was deleted ${attemptsMax} times in a row`,
    });
  }

  async delete(rotation: ObjectRef): Promise<void> {
    await this.#bucket.delete(keyOf(rotation));
  }

  async #claim(rotation: ObjectRef, term: number): Promise<StoredRotation | number | undefined> {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const entry = await this.#bucket.get(keyOf(rotation));
      if (!entry) return undefined;
      const { record, term: writer } = JSON.parse(Buffer.from(entry.value).toString()) as StoredRotation;
      if (writer > term) return writer;
      if (writer === term) return { record, term, revision: entry.revision };
      const revision = await this.#bucket.update(keyOf(rotation), encode({ record, term }), entry.revision);
      if (revision !== undefined) return { record, term, revision };
    }
    return fail("bus.unavailable", {
      reason: `"${keyOf(rotation)}" was written ${attemptsMax} times in a row`,
    });
  }
}

const encode = (value: Omit<StoredRotation, "revision">): Uint8Array => Buffer.from(JSON.stringify(value));
