/** What is held may be so much; a datagram that would be more is dropped. */
export const heldMax = { messages: 4_096, bytes: 16 << 20 } as const;

/** A datagram that the kernel keeps until it has a verdict. */
export interface Held {
  /** The kernel's number for it. */
  id: number;
  /** What it has become; undefined: it goes on as it is. */
  packet: Uint8Array | undefined;
}

interface Entry extends Held {
  dueMs: number;
  side: string;
}

/**
 * Datagrams that wait, those of one side of a flow in order. They are few in most networks, so they lie in one list by the time
 * that they are due.
 */
export class DelayQueue {
  readonly #entries: Entry[] = [];
  readonly #sides = new Map<string, { held: number; dueMs: number }>();
  #bytes = 0;

  /** When the first is due. */
  get dueMs(): number {
    return this.#entries[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  /** Whether something of that side is held, so that what comes behind it has to be held as well. */
  holds(side: string): boolean {
    return this.#entries.length > 0 && this.#sides.has(side);
  }

  /** Whether there is room for one more packet of so many bytes. */
  hasRoom(bytes: number): boolean {
    return this.#entries.length < heldMax.messages && this.#bytes + bytes <= heldMax.bytes;
  }

  /** Holds it until then, or until what is in front of it on its side is due. */
  add(side: string, held: Held, dueMs: number): void {
    const before = this.#sides.get(side) ?? { held: 0, dueMs: 0 };
    const due = Math.max(dueMs, before.dueMs);
    this.#sides.set(side, { held: before.held + 1, dueMs: due });
    this.#bytes += held.packet?.length ?? 0;
    const entry = { ...held, side, dueMs: due };
    const last = this.#entries.at(-1);
    if (!last || last.dueMs <= due) this.#entries.push(entry);
    else this.#entries.splice(this.#placeOf(due), 0, entry);
  }

  /** Takes those that are due. */
  take(nowMs: number): Held[] {
    const end = this.#placeOf(nowMs);
    const due = this.#entries.splice(0, end);
    for (const { side, packet } of due) {
      this.#bytes -= packet?.length ?? 0;
      const left = this.#sides.get(side);
      if (!left) continue;
      left.held -= 1;
      if (left.held === 0) this.#sides.delete(side);
    }
    return due;
  }

  /** Behind all that are due by then. */
  #placeOf(dueMs: number): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle] as Entry).dueMs <= dueMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
