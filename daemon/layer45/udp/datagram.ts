import { onesComplementSum, queuedBytesMax, writeChecksum } from "../../linux/mod.ts";
import type { FlowEnds } from "../flow.ts";
import type { Direction } from "../message-counts.ts";

const UDP = 17;
const ipv4HeaderBytes = 20;
const ipv6HeaderBytes = 40;
const udpHeaderBytes = 8;
const checksumField = 6;
const fragmentMask = 0x3fff;
/** Extension headers that a datagram may have in front (RFC 8200 §4). With a routing header its ends are not what they seem. */
const extension = { hopByHop: 0, fragment: 44, destinationOptions: 60 } as const;
const extensionsMax = 8;

/**
 * A UDP datagram in an IP packet. One of these is filled again with every packet: offsets are within the memory that `read`
 * was given, and good as long as that is.
 */
export class Datagram {
  version: 4 | 6 = 4;
  /** Where the packet, its UDP header and its payload start. */
  packetAt = 0;
  udpAt = 0;
  payloadAt = 0;
  payloadLength = 0;
  /** Index of the interface that it goes out by, or came in by; whoever calls `read` sets it. */
  device = 0;
  /** The kernel has more of it than could be read: see `queuedBytesMax`. */
  isCut = false;
  #bytes: Uint8Array = new Uint8Array(0);

  /**
   * False when it is no whole datagram of UDP that this could write anew: it is to pass as it is. Its packet has `packetLength`
   * bytes, of which the first `readable` are there.
   */
  read(bytes: Uint8Array, packetAt: number, packetLength: number, readable = packetLength): boolean {
    this.#bytes = bytes;
    this.packetAt = packetAt;
    this.isCut = readable < packetLength;
    const version = (bytes[packetAt] as number) >> 4;
    if (version === 4) return this.#readIpv4(packetLength);
    return version === 6 && this.#readIpv6(packetLength);
  }

  /**
   * Tells datagrams between other ends apart: addresses and ports as they stand in the packet, and the interface: addresses
   * of one link are others' on the next.
   */
  get key(): string {
    const bytes = this.#bytes;
    let key = "";
    const addresses = this.packetAt + (this.version === 4 ? 12 : 8);
    const addressesEnd = addresses + (this.version === 4 ? 8 : 32);
    for (let at = addresses; at < addressesEnd; at += 2) {
      key += String.fromCharCode(((bytes[at] as number) << 8) | (bytes[at + 1] as number));
    }
    const at = this.udpAt;
    return (
      key +
      String.fromCharCode(
        ((bytes[at] as number) << 8) | (bytes[at + 1] as number),
        ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number),
        this.device & 0xffff,
      )
    );
  }

  /** Its ends, in memory of their own. */
  ends(direction: Direction): FlowEnds {
    const [at, length] = this.version === 4 ? [this.packetAt + 12, 4] : [this.packetAt + 8, 16];
    const bytes = this.#bytes;
    const port = (offset: number): number => ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number);
    const source = { address: bytes.slice(at, at + length), port: port(this.udpAt) };
    const destination = {
      address: bytes.slice(at + length, at + 2 * length),
      port: port(this.udpAt + 2),
    };
    return direction === "out"
      ? { local: source, remote: destination }
      : { local: destination, remote: source };
  }

  /** How long the packet would be with another payload; undefined when there is no such packet. */
  lengthWith(payloadLength: number): number | undefined {
    const length = this.payloadAt - this.packetAt + payloadLength;
    return length <= queuedBytesMax ? length : undefined;
  }

  /**
   * Writes this datagram's headers to `target` for a payload that is there already, behind them: `at` is where the packet is to
   * start. Lengths and checksums are made to fit. A datagram of IPv4 without a checksum stays without.
   */
  writeHeaders(target: Uint8Array, at: number, payloadLength: number): void {
    const headerLength = this.payloadAt - this.packetAt;
    target.set(this.#bytes.subarray(this.packetAt, this.payloadAt), at);
    const udpAt = at + (this.udpAt - this.packetAt);
    const udpLength = udpHeaderBytes + payloadLength;
    write16(target, udpAt + 4, udpLength);
    const ipLength = headerLength + payloadLength;
    if (this.version === 4) {
      write16(target, at + 2, ipLength);
      write16(target, at + 10, 0);
      writeChecksum(target, at + 10, onesComplementSum(target, at, udpAt), 10);
      if (((target[udpAt + 6] as number) | (target[udpAt + 7] as number)) === 0) return;
    } else {
      write16(target, at + 4, ipLength - ipv6HeaderBytes);
    }
    write16(target, udpAt + checksumField, 0);
    const addresses = at + (this.version === 4 ? 12 : 8);
    const pseudo = onesComplementSum(
      target,
      addresses,
      addresses + (this.version === 4 ? 8 : 32),
      UDP + udpLength,
    );
    const sum = onesComplementSum(target, udpAt, udpAt + udpLength, pseudo);
    writeChecksum(target, udpAt + checksumField, sum, checksumField);
  }

  #readIpv4(packetLength: number): boolean {
    const bytes = this.#bytes;
    const at = this.packetAt;
    if (packetLength < ipv4HeaderBytes + udpHeaderBytes || bytes[at + 9] !== UDP) return false;
    const headerLength = ((bytes[at] as number) & 0xf) * 4;
    // A part of a datagram: more fragments, or an offset.
    if ((read16(bytes, at + 6) & fragmentMask) !== 0 || headerLength < ipv4HeaderBytes) return false;
    this.version = 4;
    return this.#readUdp(at + headerLength, Math.min(packetLength, read16(bytes, at + 2)));
  }

  #readIpv6(packetLength: number): boolean {
    const bytes = this.#bytes;
    const start = this.packetAt;
    if (packetLength < ipv6HeaderBytes + udpHeaderBytes) return false;
    const end = start + packetLength;
    let next = bytes[start + 6] as number;
    let at = start + ipv6HeaderBytes;
    for (let seen = 0; next !== UDP; seen += 1) {
      if (seen === extensionsMax || at + 8 > end) return false;
      if (next === extension.fragment) {
        if ((read16(bytes, at + 2) & 0xfff9) !== 0) return false;
        next = bytes[at] as number;
        at += 8;
      } else if (next === extension.hopByHop || next === extension.destinationOptions) {
        next = bytes[at] as number;
        at += ((bytes[at + 1] as number) + 1) * 8;
      } else return false;
    }
    this.version = 6;
    return this.#readUdp(at, Math.min(packetLength, ipv6HeaderBytes + read16(bytes, start + 4)));
  }

  #readUdp(at: number, packetLength: number): boolean {
    const space = this.packetAt + packetLength - at;
    if (space < udpHeaderBytes) return false;
    const length = read16(this.#bytes, at + 4);
    if (length < udpHeaderBytes || length > space) return false;
    this.udpAt = at;
    this.payloadAt = at + udpHeaderBytes;
    this.payloadLength = length - udpHeaderBytes;
    return true;
  }
}

function read16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function write16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value & 0xff;
}
