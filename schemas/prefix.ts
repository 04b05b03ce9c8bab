import { isIP } from "node:net";

/** An address block: its first address as a number, and its length. */
export interface Prefix {
  family: 4 | 6;
  /** With the bits behind the prefix length still in place, as written. */
  address: bigint;
  /** 0 to 32 or 128. */
  length: number;
}

/** Reads "10.0.0.5/24", "fd00::/8", or one address, which is a prefix of full length. Undefined when it is neither. */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const family = isIP(address);
  if (family !== 4 && family !== 6) return undefined;
  const lengthMax = family === 4 ? 32 : 128;
  const lengthText = slash < 0 ? String(lengthMax) : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(lengthText) || Number(lengthText) > lengthMax) return undefined;
  return { family, address: family === 4 ? ipv4(address) : ipv6(address), length: Number(lengthText) };
}

/** However two addresses are written, with or without a prefix length; of what is none, only the same text is the same. */
export function isSameAddress(a: string, b: string): boolean {
  if (a === b) return true;
  const [first, second] = [parsePrefix(a), parsePrefix(b)];
  return first !== undefined && first.family === second?.family && first.address === second.address;
}

/** The 4 or 16 bytes of an address, in network order; undefined when the text is none. */
export function addressBytes(text: string): Uint8Array | undefined {
  const parsed = parsePrefix(text);
  return parsed && prefixBytes(parsed);
}

/** The 4 or 16 bytes of a prefix's address, in network order. */
export function prefixBytes({ family, address }: Omit<Prefix, "length">): Uint8Array {
  const bytes = new Uint8Array(family === 4 ? 4 : 16);
  let rest = address;
  for (let at = bytes.length - 1; at >= 0; at--, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  return bytes;
}

/** An address of 4 or 16 bytes in network order as text: "10.0.0.5", or "fd00::5" as RFC 5952 writes it. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const groups = Array.from({ length: 8 }, (_, group) => view.getUint16(group * 2).toString(16));
  // Node has no formatter of addresses, but its URLs write them so.
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

/** The prefix that holds this address and no other, in text. */
export function wholePrefix(address: string): string {
  return `${address}/${address.includes(":") ? 128 : 32}`;
}

/** Whether `inner` lies in `outer` whole. */
export function prefixContains(outer: Prefix, inner: Prefix): boolean {
  if (outer.family !== inner.family || outer.length > inner.length) return false;
  const shift = BigInt((outer.family === 4 ? 32 : 128) - outer.length);
  return outer.address >> shift === inner.address >> shift;
}

function ipv4(text: string): bigint {
  return text.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function ipv6(text: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted) {
    const low = ipv4(dotted[2] as string);
    return ipv6(`${dotted[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`);
  }
  const [head, tail] = text.split("::") as [string, string | undefined];
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill("0"), ...after];
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}
