/**
 * The Internet checksum (RFC 1071), over bytes in place.
 *
 * Sums are of 16-bit words in network order, folded to 16 bits; `initial` takes another sum, so that a header and its
 * pseudo-header can be added one after the other.
 */
export function onesComplementSum(bytes: Uint8Array, start: number, end: number, initial = 0): number {
  let sum = initial;
  let at = start;
  // A sum of at most 64 KiB of 16-bit words stays far below 2^53, but the JIT keeps to 32-bit integers only below 2^31,
  // so it is folded now and then.
  while (end - at >= 8) {
    sum +=
      ((bytes[at]! << 8) | bytes[at + 1]!) +
      ((bytes[at + 2]! << 8) | bytes[at + 3]!) +
      ((bytes[at + 4]! << 8) | bytes[at + 5]!) +
      ((bytes[at + 6]! << 8) | bytes[at + 7]!);
    if (sum > 0x3fff_ffff) sum = (sum & 0xffff) + (sum >>> 16);
    at += 8;
  }
  for (; end - at >= 2; at += 2) sum += (bytes[at]! << 8) | bytes[at + 1]!;
  if (at < end) sum += bytes[at]! << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

/**
 * Finishes a checksum that the kernel left to the hardware: the field holds the sum of the pseudo-header, and what
 * belongs there is the complement of the sum over header and payload. Packets of a local veth arrive like that.
 *
 * @param start of the transport header
 * @param end of its payload (without link-layer padding)
 * @param field offset of the checksum within the transport header: 16 for TCP, 6 for UDP, 2 for ICMPv6
 */
export function finishChecksum(bytes: Uint8Array, start: number, end: number, field: number): void {
  if (start + field + 2 > end) return;
  writeChecksum(bytes, start + field, onesComplementSum(bytes, start, end), field);
}

/** Writes the checksum that belongs to a sum. In UDP zero means "none", so its other representation is sent (RFC 768). */
export function writeChecksum(bytes: Uint8Array, at: number, sum: number, field: number): void {
  const value = sum === 0xffff && field === 6 ? 0xffff : ~sum & 0xffff;
  bytes[at] = value >>> 8;
  bytes[at + 1] = value & 0xff;
}
