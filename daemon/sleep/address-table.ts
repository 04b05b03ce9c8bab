const wordsPerKey = 5;
const slotsMin = 16;

/**
 * A hash table from an address (four 32-bit words) and a number of bits to a value: open addressing, linear probing, at
 * most half full. A lookup takes no memory and costs the same with ten entries as with ten thousand.
 */
export class AddressTable<V> {
  #slots = slotsMin;
  #keys = new Int32Array(slotsMin * wordsPerKey);
  #values: (V | undefined)[] = new Array<V | undefined>(slotsMin).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(bits: number, a: number, b: number, c: number, d: number): V | undefined {
    return this.#values[this.#find(bits, a, b, c, d)];
  }

  set(bits: number, words: readonly [number, number, number, number], value: V): void {
    if ((this.#size + 1) * 2 > this.#slots) this.#grow();
    const [a, b, c, d] = words;
    const slot = this.#find(bits, a, b, c, d);
    if (this.#values[slot] === undefined) {
      this.#size += 1;
      this.#keys.set([bits, a, b, c, d], slot * wordsPerKey);
    }
    this.#values[slot] = value;
  }

  delete(bits: number, words: readonly [number, number, number, number]): void {
    let hole = this.#find(bits, ...words);
    if (this.#values[hole] === undefined) return;
    this.#size -= 1;
    // Entries behind the hole that probing would no longer reach move up into it.
    const mask = this.#slots - 1;
    for (let slot = (hole + 1) & mask; this.#values[slot] !== undefined; slot = (slot + 1) & mask) {
      const home = this.#homeOf(slot);
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      this.#keys.copyWithin(hole * wordsPerKey, slot * wordsPerKey, (slot + 1) * wordsPerKey);
      this.#values[hole] = this.#values[slot];
      hole = slot;
    }
    this.#values[hole] = undefined;
  }

  /** The slot of the key, or the empty one where it would be. */
  #find(bits: number, a: number, b: number, c: number, d: number): number {
    const keys = this.#keys;
    const mask = this.#slots - 1;
    let slot = hash(bits, a, b, c, d) & mask;
    while (this.#values[slot] !== undefined) {
      const at = slot * wordsPerKey;
      if (
        keys[at + 4] === d &&
        keys[at + 3] === c &&
        keys[at + 2] === b &&
        keys[at + 1] === a &&
        keys[at] === bits
      ) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #homeOf(slot: number): number {
    const at = slot * wordsPerKey;
    const keys = this.#keys;
    return hash(keys[at]!, keys[at + 1]!, keys[at + 2]!, keys[at + 3]!, keys[at + 4]!) & (this.#slots - 1);
  }

  #grow(): void {
    const { values, keys } = { values: this.#values, keys: this.#keys };
    this.#slots *= 2;
    this.#keys = new Int32Array(this.#slots * wordsPerKey);
    this.#values = new Array<V | undefined>(this.#slots).fill(undefined);
    for (const [old, value] of values.entries()) {
      if (value === undefined) continue;
      const key = keys.subarray(old * wordsPerKey, (old + 1) * wordsPerKey);
      const slot = this.#find(key[0]!, key[1]!, key[2]!, key[3]!, key[4]!);
      this.#keys.set(key, slot * wordsPerKey);
      this.#values[slot] = value;
    }
  }
}

/** Murmur3's mixing, without its block structure. */
function hash(bits: number, a: number, b: number, c: number, d: number): number {
  let h = Math.imul(bits ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ a ^ (h >>> 15), 0xcc9e2d51);
  h = Math.imul(h ^ b ^ (h >>> 13), 0x1b873593);
  h = Math.imul(h ^ c ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ d ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
