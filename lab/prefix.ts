import { addressText, type Prefix, parsePrefix, prefixBytes } from "../schemas/mod.ts";

/** The address blocks among these texts; anything else (which validation refuses) is left out. */
export function prefixesOf(addresses: readonly string[]): Prefix[] {
  return addresses.map(parsePrefix).filter((prefix) => prefix !== undefined);
}

/** The network a prefix is of, in text: "10.0.0.0/24". */
export function networkText(prefix: Prefix): string {
  const shift = BigInt(bitsOf(prefix) - prefix.length);
  const address = (prefix.address >> shift) << shift;
  return `${addressText(prefixBytes({ family: prefix.family, address }))}/${prefix.length}`;
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
