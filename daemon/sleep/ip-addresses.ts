/** Source and destination of an IP packet as signed 32-bit words, as in `Address`; kept and filled again for each packet. */
export class IpAddresses {
  /** 4, 6, or 0 for what is not IP. */
  family = 0;
  s0 = 0;
  s1 = 0;
  s2 = 0;
  s3 = 0;
  d0 = 0;
  d1 = 0;
  d2 = 0;
  d3 = 0;

  /** Reads them from the IPv4 header at `at`, of which the caller knows that it is all there. */
  protected readIpv4Addresses(bytes: Uint8Array, at: number): void {
    this.family = 4;
    this.s0 = this.s1 = this.s2 = this.d0 = this.d1 = this.d2 = 0;
    this.s3 = word(bytes, at + 12);
    this.d3 = word(bytes, at + 16);
  }

  /** The same of an IPv6 header. */
  protected readIpv6Addresses(bytes: Uint8Array, at: number): void {
    this.family = 6;
    this.s0 = word(bytes, at + 8);
    this.s1 = word(bytes, at + 12);
    this.s2 = word(bytes, at + 16);
    this.s3 = word(bytes, at + 20);
    this.d0 = word(bytes, at + 24);
    this.d1 = word(bytes, at + 28);
    this.d2 = word(bytes, at + 32);
    this.d3 = word(bytes, at + 36);
  }
}

/** Four bytes, network order, as a signed word. */
export function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
