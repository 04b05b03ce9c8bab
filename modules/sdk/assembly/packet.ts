import { isMulticast, isZero } from "./address";
import { bytesOfNetwork, load16, store16 } from "./bytes";
import { checksumUpdate, storeTransportChecksum } from "./checksum";
import { isRaw } from "./config";
import { ICMP, ICMPV6, IGMP, TCP, UDP } from "./protocols";

const extensionHeadersMax = 8;
const defaultTtl: u8 = 64;

/**
 * A view of the packet that came in, where it stands; there is one, `packet`, that each message is read into. All
 * positions are addresses in memory, and what they point to is inside the packet once `read` has answered true.
 */
export class Packet {
  /** The message: a size, then the packet. */
  message: usize = 0;
  /** The first byte of the packet, and the one behind its last, without padding. */
  start: usize = 0;
  end: usize = 0;
  /** The Ethernet header, or 0 when the rule sees network packets. */
  link: usize = 0;
  /** The IP header and its version, 4 or 6. */
  network: usize = 0;
  version: u32 = 0;
  /** The header behind IP's (and its extensions), and whose it is. */
  transport: usize = 0;
  protocol: u32 = 0;
  /** What follows the header of UDP, TCP or ICMP; equal to `end` when there is nothing. */
  payload: usize = 0;
  isFragment: bool = false;

  /** Reads a message as the host hands it over; false when it is no IP packet, or one that contradicts itself. */
  read(message: usize): bool {
    this.message = message;
    this.start = message + 4;
    this.end = this.start + load<u32>(message);
    this.isFragment = false;
    this.link = 0;
    this.network = this.start;
    if (isRaw() && !this.readLink()) return false;
    if (this.end - this.network < 20) return false;
    this.version = load<u8>(this.network) >> 4;
    if (this.version == 4) return this.readIpv4() && this.readTransport();
    return this.version == 6 && this.readIpv6() && this.readTransport();
  }

  get isUdp(): bool {
    return this.protocol == UDP && !this.isFragment;
  }

  get isTcp(): bool {
    return this.protocol == TCP && !this.isFragment;
  }

  get payloadLength(): u32 {
    return <u32>(this.end - this.payload);
  }

  /** Addresses, of 4 or 16 bytes. */
  get source(): usize {
    return this.network + (this.version == 6 ? 8 : 12);
  }

  get destination(): usize {
    return this.network + (this.version == 6 ? 24 : 16);
  }

  /** Of UDP and TCP only. */
  get sourcePort(): u32 {
    return load16(this.transport);
  }

  get destinationPort(): u32 {
    return load16(this.transport + 2);
  }

  /**
   * Whether sending it back is sound: whole, from one host to one host, and without IP options or extension headers,
   * which an answer must not simply repeat.
   */
  get isAnswerable(): bool {
    const plain = this.transport == this.network + (this.version == 6 ? 40 : 20);
    return (
      plain &&
      !this.isFragment &&
      !isMulticast(this.destination, this.version) &&
      !isMulticast(this.source, this.version) &&
      !isZero(this.source, this.version)
    );
  }

  /**
   * Turns the packet, where it stands, into one that goes back to its sender: MAC addresses, IP addresses and ports
   * change places, the time to live starts anew. Checksums that were right stay right. False when it is not answerable.
   */
  turnAround(): bool {
    if (!this.isAnswerable) return false;
    if (this.link != 0) swap(this.link, this.link + 6, 6);
    swap(this.source, this.destination, bytesOfNetwork(this.version));
    if (this.isUdp || this.isTcp) swap(this.transport, this.transport + 2, 2);
    if (this.version == 6) store<u8>(this.network + 7, defaultTtl);
    else this.renewTtl();
    store<u32>(this.message, <u32>(this.end - this.start));
    return true;
  }

  /** Computes the transport checksum anew, after the payload was changed where it stands. */
  renewChecksum(): void {
    storeTransportChecksum(this.network, this.version, this.protocol, this.transport, <u32>(this.end - this.transport));
  }

  private renewTtl(): void {
    const was = load<u16>(this.network + 8);
    store<u8>(this.network + 8, defaultTtl);
    checksumUpdate(this.network + 10, was, load<u16>(this.network + 8));
  }

  private readLink(): bool {
    if (this.end - this.start < 18) return false;
    this.link = this.start;
    let type = this.start + 12;
    if (load16(type) == 0x8100) type += 4;
    this.network = type + 2;
    const isIp = load16(type) == 0x0800 || load16(type) == 0x86dd;
    return isIp;
  }

  private readIpv4(): bool {
    const header = (<usize>load<u8>(this.network) & 15) * 4;
    const length: usize = load16(this.network + 2);
    if (header < 20 || length < header || this.end - this.network < length) return false;
    this.end = this.network + length;
    this.isFragment = (load16(this.network + 6) & 0x3fff) != 0;
    this.protocol = load<u8>(this.network + 9);
    this.transport = this.network + header;
    return true;
  }

  private readIpv6(): bool {
    const length: usize = <usize>load16(this.network + 4) + 40;
    if (this.end - this.network < length) return false;
    this.end = this.network + length;
    this.protocol = load<u8>(this.network + 6);
    this.transport = this.network + 40;
    for (let i = 0; i < extensionHeadersMax; i++) {
      const kind = this.protocol;
      // Hop-by-hop options, routing, fragment, authentication, destination options (RFC 8200 §4, RFC 4302).
      if (kind != 0 && kind != 43 && kind != 44 && kind != 51 && kind != 60) return true;
      if (this.end - this.transport < 8) return false;
      if (kind == 44 && (load16(this.transport + 2) & 0xfff9) != 0) this.isFragment = true;
      const units: usize = load<u8>(this.transport + 1);
      const size: usize = kind == 44 ? <usize>8 : kind == 51 ? (units + 2) * 4 : (units + 1) * 8;
      if (this.end - this.transport < size) return false;
      this.protocol = load<u8>(this.transport);
      this.transport += size;
    }
    return false;
  }

  /** Checks that the header is there whole; a later fragment has none, and no more is read of it. */
  private readTransport(): bool {
    this.payload = this.transport;
    if (this.isFragment) return true;
    const room = this.end - this.transport;
    switch (this.protocol) {
      case UDP: {
        if (room < 8) return false;
        const length: usize = load16(this.transport + 4);
        if (length < 8 || length != room) return false;
        this.payload = this.transport + 8;
        break;
      }
      case TCP: {
        if (room < 20) return false;
        const header: usize = (<usize>load<u8>(this.transport + 12) >> 4) * 4;
        if (header < 20 || header > room) return false;
        this.payload = this.transport + header;
        break;
      }
      case ICMP:
      case ICMPV6:
      case IGMP:
        if (room < 8) return false;
        this.payload = this.transport + 8;
        break;
    }
    return true;
  }
}

/** The packet at hand. */
export const packet = new Packet();

function swap(a: usize, b: usize, length: usize): void {
  for (let i: usize = 0; i < length; i += 2) {
    const kept = load<u16>(a + i);
    store<u16>(a + i, load<u16>(b + i));
    store<u16>(b + i, kept);
  }
}
