/** Packets kept as they will be answered: respond with several at once (opcode 3), or each after a delay (opcode 5). */
export class Batch {
  count: u32 = 0;
  private start: usize;
  private end: usize;
  private limit: usize;
  private delayed: bool;

  /** Room for packets of so many bytes together, their sizes (4 bytes each) and delays (4 more) included. */
  constructor(capacity: u32, delayed: bool = false) {
    this.delayed = delayed;
    this.start = heap.alloc(<usize>capacity + 5);
    this.limit = this.start + 5 + capacity;
    this.end = this.start + 5;
    this.clear();
  }

  clear(): void {
    this.count = 0;
    this.end = this.start + 5;
  }

  /** Keeps a copy; false when there is no room for it. The delay, in milliseconds, counts in a delayed batch only. */
  add(bytes: usize, length: u32, delayMs: u32 = 0): bool {
    const head: usize = this.delayed ? 8 : 4;
    if (length == 0 || this.limit - this.end < head || <usize>length > this.limit - this.end - head) return false;
    if (this.delayed) store<u32>(this.end, delayMs);
    store<u32>(this.end + head - 4, length);
    memory.copy(this.end + head, bytes, length);
    this.end += head + length;
    this.count++;
    return true;
  }

  /** The answer with all packets; it lives until the next `add` or `clear`. */
  respond(): usize {
    store<u8>(this.start, this.delayed ? 5 : 3);
    store<u32>(this.start + 1, this.count);
    return this.start;
  }
}
