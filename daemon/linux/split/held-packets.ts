import { closeDescriptor, libc } from "../libc.ts";
import { openTun } from "../tun.ts";
import { flowKey, flowKeyBytes } from "./split-record.ts";

const read = libc.func("long read(int, void *, size_t)");
const write = libc.func("long write(int, const void *, size_t)");
const frameBytesMax = 65_536 + 64;
const ethernetBytes = 14;
/** What comes while more than this waits is dropped: its sender sends it again. */
const heldBytesMax = 8 << 20;
const readsPerTurn = 256;
const ACK = 16;

/** Packets of connections of which it is not decided yet what becomes of them: they wait with the engine, by a TAP device. */
export class HeldPackets {
  /** Readable when there are some. */
  readonly fd: number;
  readonly #directions: { out: number; in: number };
  readonly #held = new Map<string, Held>();
  readonly #frame = Buffer.alloc(frameBytesMax);
  #bytes = 0;

  /**
   * Throws `SystemCallError`.
   * @param directions last byte of the hardware address to which a packet comes, for what hosts send and for what they get
   */
  constructor(device: string, directions: { out: number; in: number }) {
    this.#directions = directions;
    this.fd = openTun(device, "tap");
  }

  /**
   * Takes in what there is; answers whether there may be more.
   * @param isHeld whether the connection with this key is held still: packets of another go on at once
   */
  take(isHeld: (key: Uint8Array) => boolean): boolean {
    for (let reads = 0; reads < readsPerTurn; reads += 1) {
      const length = Number(read(this.fd, this.#frame, this.#frame.length));
      if (length <= 0) return false;
      const frame = this.#frame.subarray(0, length);
      const key = this.#keyOf(frame);
      if (!key) continue;
      if (isHeld(key)) this.#keep(key.toString("hex"), Buffer.from(frame));
      else this.#giveBack(frame);
    }
    return true;
  }

  /** What the peer of a connection says at most that it has received; undefined when it has said nothing. */
  acknowledged(key: Uint8Array): number | undefined {
    return this.#held.get(Buffer.from(key).toString("hex"))?.acknowledged;
  }

  /** Sends the packets of a connection on their way, which is decided. */
  giveBack(key: Uint8Array): void {
    const name = Buffer.from(key).toString("hex");
    const frames = this.#held.get(name)?.frames ?? [];
    this.#held.delete(name);
    for (const frame of frames) {
      this.#bytes -= frame.length;
      this.#giveBack(frame);
    }
  }

  close(): void {
    closeDescriptor(this.fd);
  }

  #keep(name: string, frame: Buffer): void {
    if (this.#bytes + frame.length > heldBytesMax) return;
    const held = this.#held.get(name) ?? { frames: [], acknowledged: undefined };
    held.frames.push(frame);
    if (frame[5] === this.#directions.in) held.acknowledged = later(held.acknowledged, acknowledgedBy(frame));
    this.#held.set(name, held);
    this.#bytes += frame.length;
  }

  /** A packet that the device does not take is lost, as on a wire. */
  #giveBack(frame: Buffer): void {
    write(this.fd, frame, frame.length);
  }

  /** As `flowKey` has it. */
  #keyOf(frame: Buffer): Buffer | undefined {
    const key = Buffer.alloc(flowKeyBytes);
    if (frame.length < ethernetBytes + 40) return undefined;
    const isOut = frame[5] === this.#directions.out;
    const [source, destination] = isOut ? (["local", "remote"] as const) : (["remote", "local"] as const);
    const type = frame.readUInt16BE(12);
    if (type !== 0x0800 && type !== 0x86dd) return undefined;
    const bytes = type === 0x0800 ? 4 : 16;
    const addresses = ethernetBytes + (type === 0x0800 ? 12 : 8);
    const tcp = headerAt(frame);
    if (frame.length < tcp + 20) return undefined;
    frame.copy(key, flowKey[source], addresses, addresses + bytes);
    frame.copy(key, flowKey[destination], addresses + bytes, addresses + 2 * bytes);
    frame.copy(key, flowKey[`${source}Port`], tcp, tcp + 2);
    frame.copy(key, flowKey[`${destination}Port`], tcp + 2, tcp + 4);
    key.writeUInt32LE(bytes === 4 ? 4 : 6, flowKey.family);
    return key;
  }
}

/** Packets of one connection. */
interface Held {
  frames: Buffer[];
  acknowledged: number | undefined;
}

/** Where the TCP header of an IPv4 packet begins, or of an IPv6 one. */
function headerAt(frame: Buffer): number {
  const isIpv4 = frame.readUInt16BE(12) === 0x0800;
  return ethernetBytes + (isIpv4 ? ((frame[ethernetBytes] as number) & 0xf) * 4 : 40);
}

function acknowledgedBy(frame: Buffer): number | undefined {
  const tcp = headerAt(frame);
  const hasIt = ((frame[tcp + 13] as number) & ACK) !== 0;
  return hasIt ? frame.readUInt32BE(tcp + 8) : undefined;
}

/** The later of two sequence numbers. */
function later(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return ((other - one) | 0) > 0 ? other : one;
}
