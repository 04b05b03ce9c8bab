import koffi from "koffi";
import { attempt } from "./attempt.ts";
import { finishChecksum, onesComplementSum, writeChecksum } from "./checksum.ts";
import type { FrameSender } from "./frame-sender.ts";
import { checked, closeDescriptor, libc } from "./libc.ts";
import { type Address, int32, viewMemory } from "./memory.ts";
import { type Holding, reclaim } from "./reclaim.ts";
import { RingSender } from "./ring-sender.ts";
import { XdpSender } from "./xdp-sender.ts";

const socket = libc.func("int socket(int, int, int)");
const bind = libc.func("int bind(int, const void *, uint)");
const setsockopt = libc.func("int setsockopt(int, int, int, const void *, uint)");
koffi.struct("sock_fprog", { len: "uint16", filter: "void *" });
const attachFilter = libc.func("setsockopt", "int", ["int", "int", "int", "sock_fprog *", "uint"]);
const getsockopt = libc.func("int getsockopt(int, int, int, void *, void *)");
const recv = libc.func("long recv(int, void *, size_t, int)");
const ioctl = libc.func("int ioctl(int, ulong, void *)");
const mmap = libc.func("intptr_t mmap(void *, size_t, int, int, int, int64_t)");

const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const SO_ATTACH_FILTER = 26;
const SO_DETACH_FILTER = 27;
const instructionBytes = 8;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
const SOL_PACKET = 263;
const ETH_P_ALL = 3;
const MSG_DONTWAIT = 0x40;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;

const PACKET_ADD_MEMBERSHIP = 1;
const PACKET_RX_RING = 5;
const PACKET_STATISTICS = 6;
const PACKET_COPY_THRESH = 7;
const PACKET_VERSION = 10;
const PACKET_TX_RING = 13;
const PACKET_LOSS = 14;
const PACKET_QDISC_BYPASS = 20;
const PACKET_IGNORE_OUTGOING = 23;
const PACKET_MR_PROMISC = 1;
const TPACKET_V2 = 1;

const TP_STATUS_KERNEL = 0;
const TP_STATUS_USER = 1;
const TP_STATUS_COPY = 2;
const TP_STATUS_CSUMNOTREADY = 8;
const TP_STATUS_VLAN_VALID = 0x10;

/** Largest distance of a received frame from its slot's start: header, sockaddr_ll, alignment of the network header. */
const receiveOverheadBytes = 80;
/** Frames that are taken, and given back, at a time. */
const framesTogetherMax = 32;
const vlanIdMask = 0x0fff;
/** Ethernet's header with a VLAN tag. */
const linkHeaderBytes = 18;
const blockBytes = 65_536;
const receiveBytesDefault = 16 << 20;
const sendBytesDefault = 2 << 20;
/** Segments that the kernel put together (GRO) are up to 64 KiB; so much of them may wait. */
const wholeBytesMax = 65_536 + 18;
const wholeBufferBytes = 4 << 20;
const SIOCGIFMTU = 0x8921;

export interface PacketRingOptions {
  /** Index of an Ethernet interface in the calling thread's namespace. */
  interfaceIndex: number;
  interfaceName: string;
  /** Memory of the two directions, multiples of 64 KiB; defaults 16 MiB and 2 MiB. */
  receiveBytes?: number;
  sendBytes?: number;
  /** Send from the ring even where an AF_XDP socket could. */
  sendFromRing?: boolean;
}

export interface PacketRingStatistics {
  received: number;
  /** Lost by the kernel because the ring was full. */
  dropped: number;
  sent: number;
  /** Not sent: the ring was full, or the kernel took none. */
  unsent: number;
}

/**
 * An AF_PACKET socket on one interface whose frames, in and out, lie in memory shared with the kernel (TPACKET_V2,
 * packet_mmap.rst): they are read where the kernel put them and written where it sends them from, and one system call
 * sends all that were written. The machine's own outgoing frames are not seen; frames for other machines are.
 *
 *     while (ring.next()) { … ring.bytes from ring.start, ring.length of them … ; ring.release(); }
 *     const at = ring.sender.reserve(); if (at >= 0) { ring.sender.bytes.set(frame, at); ring.sender.commit(frame.length); }
 *     ring.flush();
 *
 * Frames are sent by an AF_XDP socket where the link lets us have one, which takes the kernel less, and else from the ring.
 */
export class PacketRing {
  readonly fd: number;
  readonly sender: FrameSender;
  /** The mapping; empty once closed. */
  bytes: Uint8Array;

  /** Of the frame `next` moved to: where it starts in `bytes`, bytes there, and bytes it had on the wire. */
  start = 0;
  length = 0;
  wireLength = 0;
  /** Its transport checksum is still to be finished (`finishChecksum`). */
  checksumPending = false;
  /** VLAN that the kernel took off its header, 0 for none. */
  vlan = 0;
  /** All of a frame that is longer than its slot, where the kernel still had room for it; the slot has its beginning. */
  whole: Uint8Array | undefined;

  private words: Uint32Array;
  private readonly mapping: { address: Address; bytes: number };
  private readonly slotBytes: number;
  private readonly receiveEnd: number;
  #filtered = false;
  private receiveAt = 0;
  /** Frames from `receiveAt` on that the kernel is known to have filled. */
  private ready = 0;
  /** The first of those before `receiveAt` that the kernel has not been given back yet. */
  private readFrom = 0;
  private wholeBuffer: Uint8Array | undefined;
  private views: (Uint8Array | undefined)[];
  private readonly fenced = new Int32Array(1);
  private readonly counted = { received: 0, dropped: 0, tooLong: 0 };

  private constructor(
    fd: number,
    mapping: { address: Address; bytes: number },
    sizes: RingSizes,
    xdp?: XdpSender,
  ) {
    this.fd = fd;
    this.mapping = mapping;
    this.slotBytes = sizes.slotBytes;
    this.receiveEnd = sizes.slotBytes * sizes.receiveSlots;
    const memory = viewMemory(mapping.address, mapping.bytes);
    this.bytes = new Uint8Array(memory);
    this.words = new Uint32Array(memory);
    this.views = new Array<Uint8Array | undefined>(sizes.receiveSlots).fill(undefined);
    const slots = { fd, memory, start: this.receiveEnd, end: mapping.bytes, slotBytes: sizes.slotBytes };
    this.sender = xdp ?? new RingSender(slots);
  }

  /** Throws `linux.*` problems. */
  static open(options: PacketRingOptions): PacketRing {
    return attempt(`open a packet ring on "${options.interfaceName}"`, () => {
      // With protocol 0 nothing arrives before the socket is bound to its interface.
      const fd = checked("socket", socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0) as number);
      try {
        return PacketRing.#map(fd, options);
      } catch (error) {
        closeDescriptor(fd);
        throw error;
      }
    });
  }

  static #map(fd: number, options: PacketRingOptions): PacketRing {
    const mtu = readMtu(fd, options.interfaceName);
    const slotBytes = slotBytesFor(mtu);
    const xdp = options.sendFromRing
      ? undefined
      : XdpSender.open(options.interfaceIndex, mtu + linkHeaderBytes);
    try {
      const sizes = {
        slotBytes,
        receiveSlots: (options.receiveBytes ?? receiveBytesDefault) / slotBytes,
        sendSlots: xdp ? 0 : (options.sendBytes ?? sendBytesDefault) / slotBytes,
      };
      setUp(fd, sizes);
      attach(fd, options.interfaceIndex);
      const bytes = slotBytes * (sizes.receiveSlots + sizes.sendSlots);
      const address = mmap(null, bytes, PROT_READ_WRITE, MAP_SHARED, fd, 0) as number | bigint;
      if (Number(address) === -1) checked("mmap", -1);
      return new PacketRing(fd, { address: BigInt(address), bytes }, sizes, xdp);
    } catch (error) {
      xdp?.close();
      throw error;
    }
  }

  /** Moves to the oldest frame not yet released; false when there is none. */
  next(): boolean {
    if (this.ready === 0 && !this.look()) return false;
    const word = this.receiveAt >> 2;
    const status = this.words[word]!;
    this.wireLength = this.words[word + 1]!;
    this.length = this.words[word + 2]!;
    this.start = this.receiveAt + (this.words[word + 3]! & 0xffff);
    this.checksumPending = (status & TP_STATUS_CSUMNOTREADY) !== 0;
    this.vlan = (status & TP_STATUS_VLAN_VALID) !== 0 ? this.words[word + 6]! & vlanIdMask : 0;
    this.whole = (status & TP_STATUS_COPY) !== 0 ? this.readWhole() : undefined;
    return true;
  }

  /** Each slot that says so has its frame in the socket's queue, in order: it must be taken whether wanted or not. */
  private readWhole(): Uint8Array | undefined {
    this.wholeBuffer ??= new Uint8Array(wholeBytesMax);
    const length = recv(this.fd, this.wholeBuffer, this.wholeBuffer.length, MSG_DONTWAIT) as number;
    return length > 0 ? this.wholeBuffer.subarray(0, length) : undefined;
  }

  /**
   * The frame at hand from one place in `bytes` to another. Making a view costs more than most copies, and packets are mostly as
   * long as others, so each slot keeps the view that was asked for last.
   */
  view(from: number, to: number): Uint8Array {
    const slot = this.receiveAt / this.slotBytes;
    const kept = this.views[slot];
    if (kept !== undefined && kept.byteOffset === from && kept.length === to - from) return kept;
    const made = this.bytes.subarray(from, to);
    this.views[slot] = made;
    return made;
  }

  /** The frame is done with; the kernel gets its memory back with that of others. */
  release(): void {
    this.receiveAt += this.slotBytes;
    if (this.receiveAt === this.receiveEnd) this.receiveAt = 0;
    this.ready -= 1;
    this.counted.received += 1;
    if (this.ready === 0) this.giveBack();
  }

  /**
   * Finds out how many frames the kernel has filled. Their first words are read one after the other, so that the processor
   * fetches them together: each lies where another processor wrote last.
   */
  private look(): boolean {
    const { words, slotBytes } = this;
    let at = this.receiveAt;
    let ready = 0;
    for (; ready < framesTogetherMax && (words[at >> 2]! & TP_STATUS_USER) !== 0; ready += 1) {
      at += slotBytes;
      if (at === this.receiveEnd) at = 0;
    }
    this.ready = ready;
    if (ready > 0) this.fence();
    return ready > 0;
  }

  private giveBack(): void {
    this.fence();
    const { words, slotBytes } = this;
    let at = this.readFrom;
    while (at !== this.receiveAt) {
      words[at >> 2] = TP_STATUS_KERNEL;
      at += slotBytes;
      if (at === this.receiveEnd) at = 0;
    }
    this.readFrom = at;
  }

  /**
   * What was read or written before is so for the kernel, on whichever processor, before what follows. One for many frames:
   * it waits until all that was written has left the processor.
   */
  private fence(): void {
    Atomics.exchange(this.fenced, 0, 0);
  }

  /** As `finishChecksum`, in the ring, where a transport header is aligned and four bytes can be added at a time. */
  finishChecksum(start: number, end: number, field: number): void {
    if ((start & 3) !== 0 || start + field + 2 > end) {
      finishChecksum(this.bytes, start, end, field);
      return;
    }
    const words = this.words;
    const wordsEnd = end >> 2;
    let sum = 0;
    // Halves are added as this machine reads them; the sum's bytes are swapped once at the end (RFC 1071 §2).
    for (let word = start >> 2; word < wordsEnd; word += 1) {
      const value = words[word]!;
      sum += (value & 0xffff) + (value >>> 16);
    }
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    const rest = wordsEnd << 2;
    writeChecksum(
      this.bytes,
      start + field,
      onesComplementSum(this.bytes, rest, end, ((sum & 0xff) << 8) | (sum >>> 8)),
      field,
    );
  }

  /** Longest frame that can be sent. */
  get sendBytesMax(): number {
    return this.sender.frameBytesMax;
  }

  /** Has a copy of the frame sent with the next `flush`; false (and counted) when there is no room or it is too long. */
  send(frame: Uint8Array): boolean {
    const { sender } = this;
    if (frame.length > sender.frameBytesMax) {
      this.counted.tooLong += 1;
      return false;
    }
    const at = sender.reserve();
    if (at < 0) return false;
    sender.bytes.set(frame, at);
    sender.commit(frame.length);
    return true;
  }

  /** Sends what was committed. Frames the kernel will not take (too long for the link, link down) are lost, as on a wire. */
  flush(): void {
    this.sender.flush();
  }

  /**
   * Has the kernel drop, before it copies them, the frames that the program of classic BPF does not accept; undefined: all
   * are taken. `program` is in the layout of `struct sock_filter`, eight bytes an instruction.
   */
  setFilter(program: Uint8Array | undefined): void {
    attempt("filter a packet ring", () => {
      if (program) {
        const filter = { len: program.length / instructionBytes, filter: program };
        checked(
          "setsockopt(SO_ATTACH_FILTER)",
          attachFilter(this.fd, SOL_SOCKET, SO_ATTACH_FILTER, filter, 16) as number,
        );
      } else if (this.#filtered) {
        checked(
          "setsockopt(SO_DETACH_FILTER)",
          setsockopt(this.fd, SOL_SOCKET, SO_DETACH_FILTER, int32(0), 4) as number,
        );
      }
    });
    this.#filtered = program !== undefined;
  }

  /** Takes the socket's error (its interface went down), which would end every wait at once; true when there was one. */
  takeError(): boolean {
    const value = new Uint8Array(4);
    checked("getsockopt(SO_ERROR)", getsockopt(this.fd, SOL_SOCKET, SO_ERROR, value, int32(4)) as number);
    return value.some((byte) => byte !== 0);
  }

  /** Totals since it was opened. */
  statistics(): PacketRingStatistics {
    // struct tpacket_stats: packets, drops; the kernel starts anew with each reading.
    const value = new Uint8Array(8);
    if (getsockopt(this.fd, SOL_PACKET, PACKET_STATISTICS, value, int32(value.length)) === 0) {
      this.counted.dropped += new DataView(value.buffer).getUint32(4, true);
    }
    const { received, dropped, tooLong } = this.counted;
    return { received, dropped, sent: this.sender.sent, unsent: this.sender.unsent + tooLong };
  }

  /** What outlives the calling thread when it is ended; `close` gives it back. */
  holdings(): Holding[] {
    return [
      { kind: "mapping", ...this.mapping },
      { kind: "descriptor", fd: this.fd },
      ...this.sender.holdings(),
    ];
  }

  close(): void {
    if (this.bytes.length === 0) return;
    // Whoever still reads finds nothing, rather than memory that is gone.
    this.bytes = new Uint8Array(0);
    this.words = new Uint32Array(0);
    this.views = [];
    this.receiveAt = 0;
    this.readFrom = 0;
    this.ready = 0;
    reclaim([
      { kind: "mapping", ...this.mapping },
      { kind: "descriptor", fd: this.fd },
    ]);
    this.sender.close();
  }
}

/** Throws the `linux.*` problem that keeps this process from opening packet rings. */
export function checkPacketSockets(): void {
  attempt("open a packet socket", () =>
    closeDescriptor(checked("socket", socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0) as number)),
  );
}

interface RingSizes {
  slotBytes: number;
  receiveSlots: number;
  sendSlots: number;
}

function setUp(fd: number, sizes: RingSizes): void {
  setOption(fd, "PACKET_VERSION", PACKET_VERSION, int32(TPACKET_V2));
  // A frame the kernel refuses is skipped; without this it would block the ring.
  setOption(fd, "PACKET_LOSS", PACKET_LOSS, int32(1));
  setOption(fd, "PACKET_COPY_THRESH", PACKET_COPY_THRESH, int32(1));
  makeRoomForWhole(fd);
  setOption(fd, "PACKET_RX_RING", PACKET_RX_RING, ringRequest(sizes.slotBytes, sizes.receiveSlots));
  if (sizes.sendSlots > 0) {
    setOption(fd, "PACKET_TX_RING", PACKET_TX_RING, ringRequest(sizes.slotBytes, sizes.sendSlots));
  }
  setOption(fd, "PACKET_QDISC_BYPASS", PACKET_QDISC_BYPASS, int32(1));
  setOption(fd, "PACKET_IGNORE_OUTGOING", PACKET_IGNORE_OUTGOING, int32(1));
}

/**
 * Root of a user namespace may not pass net.core.rmem_max, and gets what that leaves: where it is the kernel's default,
 * few segments wait, and TCP sends again what was lost.
 */
function makeRoomForWhole(fd: number): void {
  const room = int32(wholeBufferBytes);
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, room, 4) === 0) return;
  checked("setsockopt(SO_RCVBUF)", setsockopt(fd, SOL_SOCKET, SO_RCVBUF, room, 4) as number);
}

function setOption(fd: number, name: string, option: number, value: Uint8Array): void {
  checked(`setsockopt(${name})`, setsockopt(fd, SOL_PACKET, option, value, value.length) as number);
}

/** struct tpacket_req: block size, blocks, frame size, frames. */
function ringRequest(slotBytes: number, slots: number): Uint8Array {
  const blocks = (slots * slotBytes) / blockBytes;
  return new Uint8Array(Uint32Array.of(blockBytes, blocks, slotBytes, slots).buffer);
}

function attach(fd: number, interfaceIndex: number): void {
  // struct packet_mreq: int ifindex, u16 type, u16 length, u8 address[8].
  const membership = new Uint8Array(16);
  new DataView(membership.buffer).setInt32(0, interfaceIndex, true);
  new DataView(membership.buffer).setUint16(4, PACKET_MR_PROMISC, true);
  setOption(fd, "PACKET_ADD_MEMBERSHIP", PACKET_ADD_MEMBERSHIP, membership);
  // struct sockaddr_ll: u16 family, be16 protocol, int ifindex, …
  const address = new Uint8Array(20);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, ETH_P_ALL, false);
  view.setInt32(4, interfaceIndex, true);
  checked("bind", bind(fd, address, address.length) as number);
}

function readMtu(fd: number, name: string): number {
  // struct ifreq: char name[16], then a union, here of int mtu.
  const request = new Uint8Array(64);
  request.set(Buffer.from(name, "latin1").subarray(0, 15));
  checked("ioctl(SIOCGIFMTU)", ioctl(fd, SIOCGIFMTU, request) as number);
  return new DataView(request.buffer).getInt32(16, true);
}

/** The next power of two that holds a frame of such a link with what the kernel adds; longer ones arrive cut. */
function slotBytesFor(mtu: number): number {
  const needed = mtu + linkHeaderBytes + receiveOverheadBytes;
  return Math.min(blockBytes, Math.max(2_048, 2 ** Math.ceil(Math.log2(needed))));
}
