import koffi from "koffi";
import type { FrameSender } from "./frame-sender.ts";
import { checked, libc, SystemCallError } from "./libc.ts";
import { type Address, int32, viewMemory } from "./memory.ts";
import { type Holding, reclaim } from "./reclaim.ts";

const socket = libc.func("int socket(int, int, int)");
const bind = libc.func("int bind(int, const void *, uint)");
const setsockopt = libc.func("int setsockopt(int, int, int, const void *, uint)");
const getsockopt = libc.func("int getsockopt(int, int, int, void *, void *)");
const send = libc.func("long send(int, const void *, size_t, int)");
const mmap = libc.func("intptr_t mmap(void *, size_t, int, int, int, int64_t)");

const AF_XDP = 44;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOL_XDP = 283;
const XDP_MMAP_OFFSETS = 1;
const XDP_TX_RING = 3;
const XDP_UMEM_REG = 4;
const XDP_UMEM_FILL_RING = 5;
const XDP_UMEM_COMPLETION_RING = 6;
const XDP_MAX_TX_SKB_BUDGET = 9;
const XDP_COPY = 2;
const XDP_PGOFF_TX_RING = 0x8000_0000;
const XDP_UMEM_PGOFF_COMPLETION_RING = 0x1_8000_0000;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_PRIVATE_ANONYMOUS = 0x22;
const MSG_DONTWAIT = 0x40;

/** The kernel takes frames of at most a page. */
const chunkBytes = 2_048;
const chunks = 1_024;
/** Of a descriptor: u64 address, u32 length, u32 options; and of an address in the completion ring. */
const descriptorWords = 4;
const addressWords = 2;
/** The kernel sends 32 frames a call, or since 6.17 as many as it is told to. */
const framesPerCall = 256;
const callsPerFlushMax = 2 * (chunks / 32);
const bindForMs = 300;
const bindEveryMs = 2;
const { EBUSY } = koffi.os.errno;

interface Mapping {
  address: Address;
  bytes: number;
}

/** Where a ring's producer, consumer and first entry are, in words of its mapping. */
interface RingOffsets {
  producer: number;
  consumer: number;
  entries: number;
}

interface Rings {
  fd: number;
  memory: Mapping;
  transmit: Mapping & { at: RingOffsets };
  completion: Mapping & { at: RingOffsets };
}

/**
 * Sends through an AF_XDP socket (kernel's networking/af_xdp.rst) in copy mode, which every driver has. A frame costs the
 * kernel a third less than one from a packet ring: it is copied once, at once, and neither dissected nor kept track of.
 * Nothing is received, and no program is attached to the interface.
 */
export class XdpSender implements FrameSender {
  bytes: Uint8Array;
  readonly frameBytesMax: number;
  sent = 0;
  unsent = 0;
  readonly #rings: Rings;
  #transmit: Uint32Array;
  #completion: Uint32Array;
  /** Places of chunks that may be written to, the one used last on top: it is still in the processor's cache. */
  readonly #free = new Uint32Array(chunks);
  #freeCount = chunks;
  #reserved = -1;
  #produced = 0;

  private constructor(rings: Rings, frameBytesMax: number) {
    this.#rings = rings;
    this.frameBytesMax = frameBytesMax;
    this.bytes = new Uint8Array(view(rings.memory));
    this.#transmit = new Uint32Array(view(rings.transmit));
    this.#completion = new Uint32Array(view(rings.completion));
    for (let chunk = 0; chunk < chunks; chunk += 1) this.#free[chunk] = chunk * chunkBytes;
  }

  /**
   * Undefined when this link cannot be sent to so: a kernel without AF_XDP, no right to it or to so much locked memory, frames
   * of more than 2 KiB, or another program that has the interface's first queue.
   */
  static open(interfaceIndex: number, frameBytesMax: number): XdpSender | undefined {
    if (frameBytesMax > chunkBytes) return undefined;
    const holdings: Holding[] = [];
    try {
      return new XdpSender(setUp(interfaceIndex, holdings), frameBytesMax);
    } catch (error) {
      reclaim(holdings);
      if (error instanceof SystemCallError) return undefined;
      throw error;
    }
  }

  reserve(): number {
    if (this.#reserved >= 0) return this.#reserved;
    if (this.#freeCount === 0) this.flush();
    if (this.#freeCount === 0) {
      this.unsent += 1;
      return -1;
    }
    this.#freeCount -= 1;
    this.#reserved = this.#free[this.#freeCount]!;
    return this.#reserved;
  }

  commit(length: number): void {
    const place = (this.#produced & (chunks - 1)) * descriptorWords + this.#rings.transmit.at.entries;
    this.#transmit[place] = this.#reserved;
    this.#transmit[place + 2] = length;
    this.#produced = (this.#produced + 1) >>> 0;
    this.#reserved = -1;
  }

  flush(): void {
    if (this.bytes.length === 0) return;
    const words = this.#transmit;
    const { producer, consumer } = this.#rings.transmit.at;
    // The kernel reads the ring during our own calls of `send` only, so nothing has to be fenced.
    words[producer] = this.#produced;
    let taken = words[consumer]!;
    for (let calls = 0; taken !== this.#produced && calls < callsPerFlushMax; calls += 1) {
      send(this.#rings.fd, null, 0, MSG_DONTWAIT);
      const now = words[consumer]!;
      // What the link does not take now stays in the ring and leaves with the next flush.
      if (now === taken) break;
      this.sent += (now - taken) >>> 0;
      taken = now;
    }
    this.#takeBack();
  }

  holdings(): Holding[] {
    const { fd, memory, transmit, completion } = this.#rings;
    const mappings = [memory, transmit, completion];
    return [
      ...mappings.map(({ address, bytes }): Holding => ({ kind: "mapping", address, bytes })),
      { kind: "descriptor", fd },
    ];
  }

  close(): void {
    if (this.bytes.length === 0) return;
    this.bytes = new Uint8Array(0);
    this.#transmit = new Uint32Array(0);
    this.#completion = new Uint32Array(0);
    this.#freeCount = 0;
    this.#reserved = -1;
    reclaim(this.holdings());
  }

  /** The chunks whose frames have left. */
  #takeBack(): void {
    const words = this.#completion;
    const { producer, consumer, entries } = this.#rings.completion.at;
    let at = words[consumer]!;
    // Frames may be freed on another processor, which writes an address before it moves the producer on.
    const end = Atomics.load(words, producer);
    for (; at !== end; at = (at + 1) >>> 0) {
      this.#free[this.#freeCount] = words[(at & (chunks - 1)) * addressWords + entries]!;
      this.#freeCount += 1;
    }
    Atomics.store(words, consumer, end);
  }
}

/** Some time passes between the closing of a socket and the moment that its queue is free: milliseconds, or more where the kernel is busy. */
function bindSoon(fd: number, interfaceIndex: number): void {
  // struct sockaddr_xdp: u16 family, u16 flags, u32 interface, u32 queue, u32 descriptor of shared memory.
  const address = Uint32Array.of(AF_XDP | (XDP_COPY << 16), interfaceIndex, 0, 0);
  for (let waitedMs = 0; ; waitedMs += bindEveryMs) {
    const result = bind(fd, address, address.byteLength) as number;
    if (result === 0 || koffi.errno() !== EBUSY || waitedMs >= bindForMs) {
      checked("bind", result);
      return;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, bindEveryMs);
  }
}

/** @param holdings gets what is to be given back when this throws */
function setUp(interfaceIndex: number, holdings: Holding[]): Rings {
  const fd = checked("socket", socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0) as number);
  holdings.push({ kind: "descriptor", fd });
  const map = (bytes: number, flags: number, on: number, offset: number): Mapping => {
    const address = mmap(null, bytes, PROT_READ_WRITE, flags, on, offset) as number | bigint;
    if (Number(address) === -1) checked("mmap", -1);
    const mapping = { address: BigInt(address), bytes };
    holdings.unshift({ kind: "mapping", ...mapping });
    return mapping;
  };
  const memory = map(chunks * chunkBytes, MAP_PRIVATE_ANONYMOUS, -1, 0);
  setOption(fd, "XDP_UMEM_REG", XDP_UMEM_REG, memoryRegistration(memory));
  // The kernel wants a fill ring though nothing is received.
  setOption(fd, "XDP_UMEM_FILL_RING", XDP_UMEM_FILL_RING, int32(1));
  setOption(fd, "XDP_UMEM_COMPLETION_RING", XDP_UMEM_COMPLETION_RING, int32(chunks));
  setOption(fd, "XDP_TX_RING", XDP_TX_RING, int32(chunks));
  // An older kernel does not know it, and only wants more calls.
  setsockopt(fd, SOL_XDP, XDP_MAX_TX_SKB_BUDGET, int32(framesPerCall), 4);
  const [transmitAt, completionAt] = readOffsets(fd);
  const mapRing = (at: RingOffsets, entryWords: number, offset: number) => ({
    ...map((at.entries + chunks * entryWords) * 4, MAP_SHARED, fd, offset),
    at,
  });
  const transmit = mapRing(transmitAt, descriptorWords, XDP_PGOFF_TX_RING);
  const completion = mapRing(completionAt, addressWords, XDP_UMEM_PGOFF_COMPLETION_RING);
  bindSoon(fd, interfaceIndex);
  return { fd, memory, transmit, completion };
}

/** struct xdp_umem_reg: u64 address, u64 length, u32 chunk size, u32 headroom, u32 flags. */
function memoryRegistration({ address, bytes }: Mapping): Uint8Array {
  const value = new DataView(new ArrayBuffer(32));
  value.setBigUint64(0, address, true);
  value.setBigUint64(8, BigInt(bytes), true);
  value.setUint32(16, chunkBytes, true);
  return new Uint8Array(value.buffer);
}

/** struct xdp_mmap_offsets: for receiving, sending, fill and completion the u64s producer, consumer, entries, flags. */
function readOffsets(fd: number): [transmit: RingOffsets, completion: RingOffsets] {
  const value = new BigUint64Array(16);
  checked("getsockopt", getsockopt(fd, SOL_XDP, XDP_MMAP_OFFSETS, value, int32(value.byteLength)) as number);
  const at = (ring: number): RingOffsets => {
    const [producer, consumer, entries] = [...value.subarray(ring * 4, ring * 4 + 3)].map(
      (bytes) => Number(bytes) / 4,
    );
    return { producer: producer as number, consumer: consumer as number, entries: entries as number };
  };
  return [at(1), at(3)];
}

function setOption(fd: number, name: string, option: number, value: Uint8Array): void {
  checked(`setsockopt(${name})`, setsockopt(fd, SOL_XDP, option, value, value.length) as number);
}

function view({ address, bytes }: Mapping): ArrayBuffer {
  return viewMemory(address, bytes);
}
