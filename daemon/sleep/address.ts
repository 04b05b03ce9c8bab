import { isIPv4, isIPv6 } from "node:net";

/**
 * An IP address as four signed 32-bit words, most significant first, so that hot paths compare and mask without strings
 * or allocation. An IPv4 address is in the last word.
 */
export interface Address {
  family: 4 | 6;
  words: readonly [number, number, number, number];
}

export interface Prefix extends Address {
  /** 0 to 32 or 0 to 128. */
  bits: number;
}

/** "10.0.0.5", "fd00::5"; undefined for anything else (a zone too). */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { family: 4, words: [0, 0, 0, ipv4Word(text)] };
  if (!isIPv6(text) || text.includes("%")) return undefined;
  return { family: 6, words: ipv6Words(text) };
}

/** "10.0.0.5/24"; without a length the whole address counts. The address is kept as it is, host bits too. */
export function parsePrefix(text: string): Prefix | undefined {
  const [address, length, ...rest] = text.split("/");
  const parsed = parseAddress(address as string);
  if (!parsed || rest.length > 0) return undefined;
  const bitsMax = parsed.family === 4 ? 32 : 128;
  if (length === undefined) return { ...parsed, bits: bitsMax };
  if (!/^\d{1,3}$/.test(length) || Number(length) > bitsMax) return undefined;
  return { ...parsed, bits: Number(length) };
}

/** "02:00:00:00:00:05" as six bytes. */
export function parseMac(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return undefined;
  return Uint8Array.from(text.split(":"), (pair) => Number.parseInt(pair, 16));
}

/** The address in network order: 4 or 16 bytes. */
export function addressBytes({ family, words }: Address): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (const [index, word] of words.entries()) view.setInt32(index * 4, word);
  return family === 4 ? bytes.subarray(12) : bytes;
}

export function addressOfBytes(bytes: Uint8Array): Address {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length === 4) return { family: 4, words: [0, 0, 0, view.getInt32(0)] };
  return { family: 6, words: [view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12)] };
}

/** The mask of a prefix's word; `bits` may lie before or behind that word. */
export function wordMask(bits: number, word: number): number {
  const left = bits - word * 32;
  if (left >= 32) return -1;
  return left <= 0 ? 0 : -1 << (32 - left);
}

export function prefixContains(prefix: Prefix, address: Address): boolean {
  if (prefix.family !== address.family) return false;
  const bits = prefix.family === 4 ? prefix.bits + 96 : prefix.bits;
  return prefix.words.every((word, index) => {
    const mask = wordMask(bits, index);
    return (word & mask) === ((address.words[index] as number) & mask);
  });
}

function ipv4Word(text: string): number {
  const [a, b, c, d] = text.split(".").map(Number) as [number, number, number, number];
  return (a << 24) | (b << 16) | (c << 8) | d;
}

function ipv6Words(text: string): [number, number, number, number] {
  const [head, tail] = text.split("::") as [string, string | undefined];
  const before = ipv6Groups(head);
  const after = ipv6Groups(tail ?? "");
  const groups = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  const word = (at: number) => ((groups[at] as number) << 16) | (groups[at + 1] as number);
  return [word(0), word(2), word(4), word(6)];
}

function ipv6Groups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const word = ipv4Word(group);
    return [word >>> 16, word & 0xffff];
  });
}
