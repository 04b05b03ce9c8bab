import { type Prefix, parsePrefix } from "../schemas/mod.ts";

/** The address blocks among these texts; anything else (which validation refuses) is left out. */
export function prefixesOf(addresses: readonly string[]): Prefix[] {
  return addresses.map(parsePrefix).filter((prefix) => prefix !== undefined);
}

/** The network a prefix is of, in text: "10.0.0.0/24". */
export function networkText(prefix: Prefix): string {
  const shift = BigInt(bitsOf(prefix) - prefix.length);
  const network = (prefix.address >> shift) << shift;
  return `${prefix.family === 4 ? v4Text(network) : v6Text(network)}/${prefix.length}`;
}

/** Whether two networks have addresses in common. */
export function overlaps(a: Prefix, b: Prefix): boolean {
  if (a.family !== b.family) return false;
  const shift = BigInt(bitsOf(a) - Math.min(a.length, b.length));
  return a.address >> shift === b.address >> shift;
}

function bitsOf({ family }: Prefix): 32 | 128 {
  return family === 4 ? 32 : 128;
}

function v4Text(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join(".");
}

/** RFC 5952, through the parser of URLs, which follows it. */
function v6Text(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
