import { bytesOfNetwork, store16, store32 } from "./bytes";
import { checksum, checksumAdd, storeTransportChecksum } from "./checksum";
import { newMessage } from "./memory";
import { Packet } from "./packet";
import { UDP } from "./protocols";

/**
 * Writes a packet from its first header on; `finish` fills in lengths and checksums. What goes beyond the capacity is
 * not written, and `finish` then answers 0.
 */
export class Composer {
  /** The message that `finish` answers: a size, then the packet. */
  readonly message: usize;
  /** Where the next byte goes. */
  at: usize;
  private limit: usize;
  private network: usize = 0;
  private version: u32 = 0;
  private protocol: u32 = 0;
  private transport: usize = 0;
  private overflowed: bool = false;

  constructor(capacity: u32) {
    this.message = newMessage(capacity);
    this.at = this.message + 4;
    this.limit = this.at + capacity;
  }

  /** Starts a packet. */
  begin(): void {
    this.at = this.message + 4;
    this.overflowed = false;
  }

  /** Starts an answer to a packet: its link and network headers with the addresses changed about. */
  beginReply(to: Packet, protocol: u32): void {
    this.begin();
    if (to.link != 0) {
      this.bytes(to.link + 6, 6);
      this.bytes(to.link, 6);
      this.bytes(to.link + 12, to.network - to.link - 12);
    }
    this.ip(to.version, protocol, to.destination, to.source, 64);
  }

  /** The header of IPv4 or IPv6; addresses of 4 or 16 bytes. */
  ip(version: u32, protocol: u32, source: usize, destination: usize, ttl: u32): void {
    this.network = this.at;
    this.version = version;
    this.protocol = protocol;
    if (version == 6) {
      this.u32(0x60000000);
      this.u16(0);
      this.u8(protocol);
      this.u8(ttl);
    } else {
      this.u32(0x45000000);
      this.u32(0x00004000);
      this.u8(ttl);
      this.u8(protocol);
      this.u16(0);
    }
    this.bytes(source, bytesOfNetwork(version));
    this.bytes(destination, bytesOfNetwork(version));
    this.transport = this.at;
  }

  /** An IPv4 option behind the header; its length must be a multiple of four. */
  ipv4Option(option: u32): void {
    this.u32(option);
    this.transport = this.at;
  }

  udp(sourcePort: u32, destinationPort: u32): void {
    this.u16(sourcePort);
    this.u16(destinationPort);
    this.u32(0);
  }

  u8(value: u32): void {
    if (this.has(1)) store<u8>(this.at, <u8>value);
    this.at += 1;
  }

  u16(value: u32): void {
    if (this.has(2)) store16(this.at, value);
    this.at += 2;
  }

  u32(value: u32): void {
    if (this.has(4)) store32(this.at, value);
    this.at += 4;
  }

  bytes(from: usize, length: usize): void {
    if (this.has(length)) memory.copy(this.at, from, length);
    this.at += length;
  }

  /** ASCII text. */
  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.u8(text.charCodeAt(i));
  }

  zeros(length: usize): void {
    if (this.has(length)) memory.fill(this.at, 0, length);
    this.at += length;
  }

  /** Fills in lengths and checksums and answers the message, or 0 when the packet did not fit. */
  finish(): usize {
    if (this.overflowed) return 0;
    const length = <u32>(this.at - this.transport);
    if (this.version == 6) store16(this.network + 4, length);
    else {
      const header = this.transport - this.network;
      store<u8>(this.network, <u8>(0x40 | (header >> 2)));
      store16(this.network + 2, <u32>(this.at - this.network));
      store<u16>(this.network + 10, checksum(checksumAdd(this.network, header)));
    }
    if (this.protocol == UDP) store16(this.transport + 4, length);
    storeTransportChecksum(this.network, this.version, this.protocol, this.transport, length);
    store<u32>(this.message, <u32>(this.at - this.message - 4));
    return this.message;
  }

  private has(length: usize): bool {
    // `at` keeps counting beyond the end, so it may be past the limit already.
    if (this.at <= this.limit && length <= this.limit - this.at) return true;
    this.overflowed = true;
    return false;
  }
}
