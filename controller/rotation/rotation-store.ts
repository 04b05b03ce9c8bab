import type { Bucket } from "../../bus/mod.ts";
import { fail, type Problem, problem } from "../../schemas/mod.ts";
import type { ObjectRef } from "../objects.ts";
import { decodeRotation, encodeRotation, type RotationEntry } from "./rotation-codec.ts";
import type { RotationRecord } from "./rotation-record.ts";

/** What the bucket has of one rotation; `revision` is the bucket's. */
export interface StoredRotation extends RotationEntry {
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
const asideKeyOf = (rotation: ObjectRef): string => `rotation-aside.${rotation}`;
const attemptsMax = 10;

/**
 * What is decided of rotations, in the bucket `record`, a key each. Written by compare-and-set: a controller writes only over
 * what it knows, and one that takes over first writes its term into every entry, so that none of an older term writes any more.
 * An entry that cannot be read is set aside under another key, and one without a record put in its place.
 */
export class RotationStore {
  readonly #bucket: Bucket;
  readonly #onLost: (rotation: ObjectRef, problem: Problem) => void;

  /** `onLost` is told of each entry that was set aside. */
  constructor(bucket: Bucket, onLost: (rotation: ObjectRef, problem: Problem) => void) {
    this.#bucket = bucket;
    this.#onLost = onLost;
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
      const bytes = encodeRotation({ record, term });
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
    await this.#bucket.delete(asideKeyOf(rotation));
  }

  async #claim(rotation: ObjectRef, term: number): Promise<StoredRotation | number | undefined> {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const found = await this.#bucket.get(keyOf(rotation));
      if (!found) return undefined;
      const entry = decodeRotation(found.value, found.key);
      if (typeof entry !== "string" && entry.term > term) return entry.term;
      if (typeof entry !== "string" && entry.term === term) return { ...entry, revision: found.revision };
      // Kept before it is replaced: whoever is interrupted in between does it again.
      if (typeof entry === "string") await this.#bucket.put(asideKeyOf(rotation), found.value);
      const claimed = typeof entry === "string" ? { term } : { ...entry, term };
      const revision = await this.#bucket.update(keyOf(rotation), encodeRotation(claimed), found.revision);
      if (revision === undefined) continue;
      if (typeof entry === "string") this.#tellLost(rotation, entry);
      return { ...claimed, revision };
    }
    return fail("bus.unavailable", {
      reason: `"${keyOf(rotation)}" was written ${attemptsMax} times in a row`,
    });
  }

  #tellLost(rotation: ObjectRef, reason: string): void {
    this.#onLost(rotation, problem("rotation.lost", { rotation, reason, key: asideKeyOf(rotation) }));
  }
}
