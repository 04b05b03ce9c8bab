import { BpfMap } from "./bpf-map.ts";
import { checked, libc } from "./libc.ts";
import { viewMemory } from "./memory.ts";
import { type Holding, reclaim } from "./reclaim.ts";

const mmap = libc.func("intptr_t mmap(void *, size_t, int, int, int, int64_t)");
const pageSize = libc.func("int getpagesize()");

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const headerBytes = 8;
/** In a record's length: it is still being written, or was given up. */
const busyBit = 0x8000_0000;
const discardBit = 0x4000_0000;

/** Records that BPF programs write and this process reads in place (kernel: Documentation/bpf/ringbuf.rst). */
export class RingBuffer {
  /** Its descriptor is readable when there is something to read. */
  readonly map: BpfMap;
  readonly #bytes: number;
  readonly #mapped: (Holding & { kind: "mapping" })[] = [];
  readonly #consumed: BigUint64Array;
  readonly #produced: BigUint64Array;
  readonly #lengths: Uint32Array;
  readonly #data: Uint8Array;

  /**
   * Throws `SystemCallError`.
   * @param bytes a power of two, and whole pages
   */
  constructor(bytes: number) {
    const page = pageSize() as number;
    this.#bytes = bytes;
    this.map = new BpfMap({ type: "ringBuffer", keyBytes: 0, valueBytes: 0, entriesMax: bytes });
    try {
      this.#consumed = new BigUint64Array(this.#map(PROT_READ | PROT_WRITE, page, 0), 0, 1);
      // The data is there twice, one behind the other, so that a record is never in two pieces.
      const rest = this.#map(PROT_READ, page + 2 * bytes, page);
      this.#produced = new BigUint64Array(rest, 0, 1);
      this.#lengths = new Uint32Array(rest, page);
      this.#data = new Uint8Array(rest, page);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Hands over each record that is there, in memory that is the kernel's again afterwards, and answers how many bytes
   * of the buffer they took. Costs no system call.
   */
  read(take: (record: Uint8Array) => void): number {
    const first = this.#consumed[0]!;
    let at = first;
    while (at !== Atomics.load(this.#produced, 0)) {
      const offset = Number(at % BigInt(this.#bytes));
      const length = Atomics.load(this.#lengths, offset / 4);
      if ((length & busyBit) !== 0) break;
      const bytes = length & ~discardBit;
      const from = offset + headerBytes;
      if ((length & discardBit) === 0) take(this.#data.subarray(from, from + bytes));
      at += BigInt(headerBytes + Math.ceil(bytes / 8) * 8);
      Atomics.store(this.#consumed, 0, at);
    }
    return Number(at - first);
  }

  holdings(): Holding[] {
    return [...this.#mapped, { kind: "descriptor", fd: this.map.fd }];
  }

  close(): void {
    reclaim(this.holdings());
  }

  #map(protection: number, bytes: number, offset: number): ArrayBuffer {
    const at = BigInt(mmap(null, bytes, protection, MAP_SHARED, this.map.fd, offset) as number | bigint);
    if (at === -1n) checked("mmap", -1);
    this.#mapped.push({ kind: "mapping", address: at, bytes });
    return viewMemory(at, bytes);
  }
}
