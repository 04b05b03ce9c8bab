import { isIPv4, isIPv6 } from "node:net";

/** An address with its prefix length, as a number: `bits` is 32 or 128. */
export interface Prefix {
  bits: 32 | 128;
  address: bigint;
  length: number;
}

/** Reads "10.0.0.5/24" or "fd00::5/64"; undefined when it is neither. */
export function parsePrefix(text: string): Prefix | undefined {
  const [address = "", lengthText = "", rest] = text.split("/");
  const length = Number(lengthText);
  if (rest !== undefined || !/^\d{1,3}$/.test(lengthText)) return undefined;
  if (isIPv4(address) && length <= 32) return { bits: 32, address: v4Number(address), length };
  if (isIPv6(address) && !address.includes("%") && length <= 128) {
    return { bits: 128, address: v6Number(address), length };
  }
  return undefined;
}

/** The network a prefix is of, in text: "10.0.0.0/24". */
export function networkText(prefix: Prefix): string {
  const shift = BigInt(prefix.bits - prefix.length);
  const network = (prefix.address >> shift) << shift;
  return `${prefix.bits === 32 ? v4Text(network) : v6Text(network)}/${prefix.length}`;
}

/** Whether one network holds the other. */
export function overlaps(a: Prefix, b: Prefix): boolean {
  if (a.bits !== b.bits) return false;
  const shift = BigInt(a.bits - Math.min(a.length, b.length));
  return a.address >> shift === b.address >> shift;
}

function v4Number(text: string): bigint {
  return text.split(".").reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function v4Text(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join(".");
}

/** RFC 4291 §2.2: eight groups, one run of zeros as "::", perhaps an IPv4 address at the end. */
function v6Number(text: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted) {
    const low = v4Number(dotted[2]!);
    return v6Number(`${dotted[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`);
  }
  const [head = "", tail] = text.split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => "0");
  return [...first, ...zeros, ...last].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

/** RFC 5952, through the parser of URLs, which follows it. */
function v6Text(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
