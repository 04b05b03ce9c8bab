import { ICMP, ICMPV6, IGMP, TCP, UDP } from "./protocols";

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

/** Computes the checksum of UDP, TCP, ICMP, ICMPv6 or IGMP anew; other protocols are left as they are. */
export function storeTransportChecksum(network: usize, version: u32, protocol: u32, transport: usize, length: u32): void {
  const offset = checksumOffset(protocol);
  if (offset == 0) return;
  const withAddresses = protocol == UDP || protocol == TCP || protocol == ICMPV6;
  store<u16>(transport + offset, 0);
  const sum = withAddresses ? pseudoHeaderSum(network, version, protocol, length) : 0;
  const value = checksum(checksumAdd(transport, length, sum));
  // A UDP checksum of 0 says that there is none (RFC 768).
  store<u16>(transport + offset, protocol == UDP && value == 0 ? 0xffff : value);
}

/** What the pseudo-header adds to the checksum (RFC 768, RFC 8200 §8.1). */
function pseudoHeaderSum(network: usize, version: u32, protocol: u32, length: u32): u64 {
  const sum = version == 6 ? checksumAdd(network + 8, 32) : checksumAdd(network + 12, 8);
  return sum + bswap<u16>(<u16>protocol) + <u64>bswap<u32>(length);
}

/** Where a protocol's header has its checksum; 0 when it has none. */
function checksumOffset(protocol: u32): usize {
  switch (protocol) {
    case UDP:
      return 6;
    case TCP:
      return 16;
    case ICMP:
    case ICMPV6:
    case IGMP:
      return 2;
    default:
      return 0;
  }
}
