import { ethernetBytes, etherType } from "./headers.ts";
import { IpAddresses } from "./ip-addresses.ts";
import type { Link } from "./link.ts";

/** Who a rule answers, or for whom it speaks. */
export interface Conversation {
  link: Link;
  /** Address words and MAC of the packet's sender; family 0 when the rule was not called for a packet. */
  family: number;
  s0: number;
  s1: number;
  s2: number;
  s3: number;
  senderMac: Uint8Array;
}

/** Source and destination of a packet that a guest answered. */
export class PacketView extends IpAddresses {
  /** Reads the IP header at `at`; false when it is none. */
  read(bytes: Uint8Array, at: number, length: number): boolean {
    const version = length > 0 ? bytes[at]! >>> 4 : 0;
    if (version === 4 && length >= 20) this.readIpv4Addresses(bytes, at);
    else if (version === 6 && length >= 40) this.readIpv6Addresses(bytes, at);
    else return false;
    return true;
  }
}

/**
 * Writes the link address that a packet goes to: the sender's for an answer, the group's for multicast and broadcast.
 * False when only the kernel can find it out.
 */
export function writeDestinationMac(
  into: Uint8Array,
  at: number,
  packet: PacketView,
  to: Conversation,
): boolean {
  if (
    packet.family === to.family &&
    packet.d3 === to.s3 &&
    packet.d2 === to.s2 &&
    packet.d1 === to.s1 &&
    packet.d0 === to.s0
  ) {
    into.set(to.senderMac, at);
    return true;
  }
  if (packet.family === 6) return packet.d0 >>> 24 === 0xff && writeMac(into, at, 0x3333, packet.d3);
  if (packet.d3 === -1) return writeMac(into, at, 0xffff, -1);
  // 224.0.0.0/4 is mapped to 01:00:5e and the address's last 23 bits (RFC 1112 §6.4).
  if (packet.d3 >>> 28 !== 14) return false;
  return writeMac(into, at, 0x0100, 0x5e00_0000 | (packet.d3 & 0x7f_ffff));
}

/** Writes the EtherType and own source address of a frame whose destination stands already. */
export function writeEthernet(into: Uint8Array, at: number, link: Link, family: number): void {
  into.set(link.mac, at + 6);
  const type = family === 4 ? etherType.ipv4 : etherType.ipv6;
  into[at + 12] = type >>> 8;
  into[at + 13] = type & 0xff;
}

/** Has a packet sent to a link address with the next flush; one that is too long, or has no room, is lost. */
export function sendPacket(packet: Uint8Array, link: Link, mac: Uint8Array): void {
  const { sender } = link.ring;
  const length = packet.length + ethernetBytes;
  const at = length <= sender.frameBytesMax ? sender.reserve() : -1;
  if (at < 0) return;
  sender.bytes.set(packet, at + ethernetBytes);
  sender.bytes.set(mac, at);
  writeEthernet(sender.bytes, at, link, packet[0]! >>> 4);
  sender.commit(length);
}

/** Where the IP header is in a frame that a guest made; -1 when it carries no IP. */
export function ipOffset(bytes: Uint8Array, at: number, length: number): number {
  if (length < ethernetBytes) return -1;
  const type = (bytes[at + 12]! << 8) | bytes[at + 13]!;
  return type === etherType.ipv4 || type === etherType.ipv6 ? ethernetBytes : -1;
}

function writeMac(into: Uint8Array, at: number, high: number, low: number): true {
  into[at] = high >>> 8;
  into[at + 1] = high;
  into[at + 2] = low >>> 24;
  into[at + 3] = low >>> 16;
  into[at + 4] = low >>> 8;
  into[at + 5] = low;
  return true;
}
