import { onesComplementSum } from "../linux/mod.ts";
import { IpAddresses, word } from "./ip-addresses.ts";

/** Why a frame is not looked at any further. */
export type Malformation =
  | "ethernet-short"
  | "vlan-depth"
  | "ipv4-short"
  | "ipv4-version"
  | "ipv4-header-length"
  | "ipv4-total-length"
  | "ipv4-checksum"
  | "ipv4-source"
  | "ipv6-short"
  | "ipv6-version"
  | "ipv6-payload-length"
  | "ipv6-extension"
  | "ipv6-source"
  | "udp-short"
  | "udp-length"
  | "tcp-short"
  | "tcp-data-offset"
  | "icmp-short"
  | "igmp-short";

export const etherType = {
  ipv4: 0x0800,
  arp: 0x0806,
  vlan: 0x8100,
  vlanService: 0x88a8,
  ipv6: 0x86dd,
} as const;
export const protocol = { icmp: 1, igmp: 2, tcp: 6, udp: 17, icmp6: 58 } as const;
export const ethernetBytes = 14;

const vlanTagsMax = 2;
const extensionHeadersMax = 8;
const extension = {
  hopByHop: 0,
  routing: 43,
  fragment: 44,
  authentication: 51,
  destination: 60,
  mobility: 135,
};

/**
 * The headers of one frame, read from layer 2 up to the transport's ports; kept and filled again for each frame. All
 * offsets are into the bytes that were read.
 */
export class Headers extends IpAddresses {
  etherType = 0;
  /** Source address of the frame: first two bytes, and the last four. */
  sourceMacHigh = 0;
  sourceMacLow = 0;
  /** Where the network header starts. */
  networkAt = 0;
  /** Where the network packet ends; what follows is the link's padding. */
  end = 0;
  /** The upper protocol (the last next header); -1 for what is not IP. */
  protocol = -1;
  hopLimit = 0;
  /** A part of a packet: layer 4 is not looked at. */
  fragment = false;
  /** Where the transport header starts; -1 when there is none, or only a part of one. */
  transportAt = -1;
  sourcePort = -1;
  destinationPort = -1;

  /**
   * Reads the frame at `start`, `length` bytes long; answers what is wrong with it, and then its fields mean nothing.
   * Every length is checked before what it spans is read.
   */
  read(bytes: Uint8Array, start: number, length: number): Malformation | undefined {
    this.family = 0;
    this.protocol = -1;
    this.fragment = false;
    this.transportAt = -1;
    this.sourcePort = -1;
    this.destinationPort = -1;
    if (length < ethernetBytes) return "ethernet-short";
    const end = start + length;
    this.end = end;
    this.sourceMacHigh = (bytes[start + 6]! << 8) | bytes[start + 7]!;
    this.sourceMacLow = word(bytes, start + 8);
    let at = start + 12;
    let type = (bytes[at]! << 8) | bytes[at + 1]!;
    for (let tags = 0; type === etherType.vlan || type === etherType.vlanService; tags += 1) {
      if (tags === vlanTagsMax) return "vlan-depth";
      at += 4;
      if (at + 2 > end) return "ethernet-short";
      type = (bytes[at]! << 8) | bytes[at + 1]!;
    }
    this.etherType = type;
    this.networkAt = at + 2;
    if (type === etherType.ipv4) return this.#readIpv4(bytes, at + 2, end);
    if (type === etherType.ipv6) return this.#readIpv6(bytes, at + 2, end);
    return undefined;
  }

  #readIpv4(bytes: Uint8Array, at: number, end: number): Malformation | undefined {
    if (end - at < 20) return "ipv4-short";
    if (bytes[at]! >>> 4 !== 4) return "ipv4-version";
    const headerBytes = (bytes[at]! & 15) * 4;
    if (headerBytes < 20 || at + headerBytes > end) return "ipv4-header-length";
    const total = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (total < headerBytes || at + total > end) return "ipv4-total-length";
    if (onesComplementSum(bytes, at, at + headerBytes) !== 0xffff) return "ipv4-checksum";
    this.readIpv4Addresses(bytes, at);
    this.end = at + total;
    this.hopLimit = bytes[at + 8]!;
    this.protocol = bytes[at + 9]!;
    // Nobody speaks from a multicast, broadcast or loopback address; an answer to one would be a storm.
    if (bytes[at + 12]! >= 224 || bytes[at + 12] === 127) return "ipv4-source";
    this.fragment = (((bytes[at + 6]! << 8) | bytes[at + 7]!) & 0x3fff) !== 0;
    return this.fragment ? undefined : this.#readTransport(bytes, at + headerBytes);
  }

  #readIpv6(bytes: Uint8Array, at: number, end: number): Malformation | undefined {
    if (end - at < 40) return "ipv6-short";
    if (bytes[at]! >>> 4 !== 6) return "ipv6-version";
    const payload = (bytes[at + 4]! << 8) | bytes[at + 5]!;
    if (at + 40 + payload > end) return "ipv6-payload-length";
    this.readIpv6Addresses(bytes, at);
    this.end = at + 40 + payload;
    this.hopLimit = bytes[at + 7]!;
    if (bytes[at + 8] === 0xff || ((this.s0 | this.s1 | this.s2) === 0 && this.s3 === 1))
      return "ipv6-source";
    return this.#readExtensions(bytes, bytes[at + 6]!, at + 40);
  }

  #readExtensions(bytes: Uint8Array, first: number, start: number): Malformation | undefined {
    let next = first;
    let at = start;
    for (let count = 0; isExtension(next); count += 1) {
      if (count === extensionHeadersMax || at + 8 > this.end) return "ipv6-extension";
      if (next === extension.fragment) {
        // Offset and the more-fragments bit; both zero is a whole packet (RFC 6946).
        if ((((bytes[at + 2]! << 8) | bytes[at + 3]!) & 0xfff9) !== 0) this.fragment = true;
        next = bytes[at]!;
        at += 8;
        if (this.fragment) break;
        continue;
      }
      const bytesLong =
        next === extension.authentication ? (bytes[at + 1]! + 2) * 4 : (bytes[at + 1]! + 1) * 8;
      if (at + bytesLong > this.end) return "ipv6-extension";
      next = bytes[at]!;
      at += bytesLong;
    }
    this.protocol = next;
    return this.fragment ? undefined : this.#readTransport(bytes, at);
  }

  #readTransport(bytes: Uint8Array, at: number): Malformation | undefined {
    const left = this.end - at;
    switch (this.protocol) {
      case protocol.udp: {
        if (left < 8) return "udp-short";
        const length = (bytes[at + 4]! << 8) | bytes[at + 5]!;
        if (length < 8 || length > left) return "udp-length";
        break;
      }
      case protocol.tcp: {
        if (left < 20) return "tcp-short";
        const headerBytes = (bytes[at + 12]! >>> 4) * 4;
        if (headerBytes < 20 || headerBytes > left) return "tcp-data-offset";
        break;
      }
      case protocol.icmp:
      case protocol.icmp6:
        this.transportAt = at;
        return left < 8 ? "icmp-short" : undefined;
      case protocol.igmp:
        this.transportAt = at;
        return left < 8 ? "igmp-short" : undefined;
      default:
        return undefined;
    }
    this.transportAt = at;
    this.sourcePort = (bytes[at]! << 8) | bytes[at + 1]!;
    this.destinationPort = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    return undefined;
  }
}

function isExtension(next: number): boolean {
  return (
    next === extension.hopByHop ||
    next === extension.routing ||
    next === extension.fragment ||
    next === extension.authentication ||
    next === extension.destination ||
    next === extension.mobility
  );
}
