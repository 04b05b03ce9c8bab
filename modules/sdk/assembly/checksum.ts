/** The Internet checksum (RFC 1071), over 32 bits at a time: one's complement sums do not care how wide they are taken. */

/** Adds `length` bytes to a running sum; a stretch that is not the last must have an even length. */
export function checksumAdd(start: usize, length: usize, sum: u64 = 0): u64 {
  const end = start + length;
  let at = start;
  for (const last = end - (length & 7); at < last; at += 8) {
    const eight = load<u64>(at);
    sum += (eight & 0xffffffff) + (eight >> 32);
  }
  if (length & 4) {
    sum += load<u32>(at);
    at += 4;
  }
  if (length & 2) {
    sum += load<u16>(at);
    at += 2;
  }
  if (length & 1) sum += load<u8>(at);
  return sum;
}

/** The checksum field's value, as it is stored: `store<u16>(field, checksum(sum))`. */
export function checksum(sum: u64): u16 {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + ((sum >> 16) & 0xffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return <u16>~sum;
}

/** Mends the checksum at `field` after a 16-bit word it covers went from `was` to `is`, as stored (RFC 1624, equation 3). */
export function checksumUpdate(field: usize, was: u16, is: u16): void {
  const sum = <u64>(<u16>~load<u16>(field)) + <u64>(<u16>~was) + <u64>is;
  store<u16>(field, checksum(sum));
}

/** What the pseudo-header adds to the checksum of UDP, TCP and ICMPv6 (RFC 768, RFC 8200 §8.1). */
export function pseudoHeaderSum(addresses: usize, version: u32, protocol: u32, length: u32): u64 {
  const sum = checksumAdd(addresses, version == 6 ? 32 : 8);
  return sum + bswap<u16>(<u16>protocol) + <u64>bswap<u32>(length);
}
