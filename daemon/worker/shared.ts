import type { Holding } from "../linux/mod.ts";

/** Cells of 32 bits, then holdings of two 64-bit cells each. */
const cell = { guest: 0, entered: 1, limitMs: 2, control: 3, secret: 4, thread: 5, holdings: 6 } as const;
const cellBytes = 32;
const holdingsMax = 4_096;

/** Marks on shared memory, for the watchdog, that a guest is being run. Costs two stores a call. */
export interface GuestGate {
  /** Before the guest is called. */
  enter(): void;
  /** After it has returned or trapped: in a `finally`. */
  leave(): void;
}

/** A guest as the watchdog finds it. */
export interface GuestSeen {
  /** The number that the installation whose guest it is was given. */
  ordinal: number;
  /** Counts entries into guests, so that two looks at one guest can be told from looks at two. */
  entered: number;
  limitMs: number;
}

/** The memory that an engine's worker and the main thread share: 64 KiB. */
export class SharedState {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array;
  readonly #holdings: BigInt64Array;

  constructor(buffer = new SharedArrayBuffer(cellBytes + holdingsMax * 16)) {
    this.buffer = buffer;
    this.#cells = new Int32Array(buffer, 0, cellBytes / 4);
    this.#holdings = new BigInt64Array(buffer, cellBytes);
  }

  gate(ordinal: number, limitMs: number): GuestGate {
    const cells = this.#cells;
    const limit = Math.ceil(limitMs);
    return {
      enter() {
        cells[cell.entered] = (cells[cell.entered] as number) + 1;
        cells[cell.limitMs] = limit;
        cells[cell.guest] = ordinal;
      },
      leave() {
        cells[cell.guest] = 0;
      },
    };
  }

  /** The guest that is being run; undefined when none is. */
  guest(): GuestSeen | undefined {
    const ordinal = Atomics.load(this.#cells, cell.guest);
    if (ordinal === 0) return undefined;
    const entered = Atomics.load(this.#cells, cell.entered);
    return { ordinal, entered, limitMs: Atomics.load(this.#cells, cell.limitMs) };
  }

  /** The kernel's id of the worker's thread; 0 until it runs. */
  get thread(): number {
    return Atomics.load(this.#cells, cell.thread);
  }
  set thread(id: number) {
    Atomics.store(this.#cells, cell.thread, id);
  }

  announceControl(): void {
    Atomics.store(this.#cells, cell.control, 1);
  }
  /** True once for each time control messages were announced. */
  takeControl(): boolean {
    return (
      Atomics.load(this.#cells, cell.control) !== 0 && Atomics.exchange(this.#cells, cell.control, 0) !== 0
    );
  }

  announceSecret(): void {
    Atomics.store(this.#cells, cell.secret, 1);
    Atomics.notify(this.#cells, cell.secret);
  }
  /** Blocks the worker's thread until a secret was announced; false when none was in time. */
  awaitSecret(timeoutMs: number): boolean {
    const outcome = Atomics.wait(this.#cells, cell.secret, 0, timeoutMs);
    Atomics.store(this.#cells, cell.secret, 0);
    return outcome !== "timed-out";
  }

  /** Notes what the worker's thread holds, so that it can be reclaimed when the thread is ended. */
  hold(holding: Holding): void {
    const at = this.#findHolding(0n, 0n);
    if (at < 0) throw new Error(`an engine's worker holds more than ${holdingsMax} descriptors and mappings`);
    const [first, second] = encodeHolding(holding);
    this.#holdings[at] = first;
    Atomics.store(this.#holdings, at + 1, second);
  }

  /** Forgets a holding that the worker has given back itself. */
  release(holding: Holding): void {
    const at = this.#findHolding(...encodeHolding(holding));
    if (at < 0) throw new Error("an engine's worker released what it does not hold");
    Atomics.store(this.#holdings, at + 1, 0n);
    this.#holdings[at] = 0n;
  }

  holdings(): Holding[] {
    const found: Holding[] = [];
    for (let at = 0; at < this.#holdings.length; at += 2) {
      const first = this.#holdings[at] as bigint;
      const second = this.#holdings[at + 1] as bigint;
      if (second === descriptorMark) found.push({ kind: "descriptor", fd: Number(first) });
      else if (second > 0n) found.push({ kind: "mapping", address: first, bytes: Number(second) });
    }
    return found;
  }

  #findHolding(first: bigint, second: bigint): number {
    for (let at = 0; at < this.#holdings.length; at += 2) {
      if (this.#holdings[at + 1] === second && (second === 0n || this.#holdings[at] === first)) return at;
    }
    return -1;
  }
}

/** In the place of a mapping's length. */
const descriptorMark = -1n;

function encodeHolding(holding: Holding): [bigint, bigint] {
  return holding.kind === "descriptor"
    ? [BigInt(holding.fd), descriptorMark]
    : [holding.address, BigInt(holding.bytes)];
}
