import { parsePrefix } from "../../schemas/mod.ts";

/** Four signed 32-bit words, most significant first. */
export type Words = readonly [number, number, number, number];

/**
 * An IP prefix in words, so that hot paths compare and mask without strings, BigInt or allocation. An IPv4 address is in
 * the last word. The address is kept as it was given, host bits too.
 */
export interface WordPrefix {
  family: 4 | 6;
  words: Words;
  /** 0 to 32 or 0 to 128. */
  bits: number;
}

/** "10.0.0.5/24" or "fd00::5"; undefined for anything that is no address or prefix. */
export function wordPrefix(text: string): WordPrefix | undefined {
  const parsed = parsePrefix(text);
  if (!parsed) return undefined;
  const word = (place: bigint): number => Number(BigInt.asIntN(32, parsed.address >> (place * 32n)));
  return { family: parsed.family, words: [word(3n), word(2n), word(1n), word(0n)], bits: parsed.length };
}

/** "02:00:00:00:00:05" as six bytes; undefined for anything else. */
export function parseMac(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return undefined;
  return Uint8Array.from(text.split(":"), (pair) => Number.parseInt(pair, 16));
}

/** The address in network order: 4 or 16 bytes. */
export function addressBytes({ family, words }: Pick<WordPrefix, "family" | "words">): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (const [index, word] of words.entries()) view.setInt32(index * 4, word);
  return family === 4 ? bytes.slice(12) : bytes;
}

/** Words of 4 or 16 bytes in network order. */
export function wordsOf(bytes: Uint8Array): Words {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length === 4) return [0, 0, 0, view.getInt32(0)];
  return [view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12)];
}

/** The prefix that holds an address of 4 or 16 bytes, and nothing else. */
export function bytesAsPrefix(bytes: Uint8Array): WordPrefix {
  return { family: bytes.length === 4 ? 4 : 6, words: wordsOf(bytes), bits: bytes.length * 8 };
}

/** The mask of a prefix's word; `bits`, of 128, may lie before or behind that word. */
export function wordMask(bits: number, word: number): number {
  const left = bits - word * 32;
  if (left >= 32) return -1;
  return left <= 0 ? 0 : -1 << (32 - left);
}

/** Whether the prefix contains the other's address. */
export function holds(prefix: WordPrefix, address: Pick<WordPrefix, "family" | "words">): boolean {
  if (prefix.family !== address.family) return false;
  const bits = prefix.family === 4 ? prefix.bits + 96 : prefix.bits;
  return prefix.words.every((word, index) => {
    const mask = wordMask(bits, index);
    return (word & mask) === ((address.words[index] as number) & mask);
  });
}
