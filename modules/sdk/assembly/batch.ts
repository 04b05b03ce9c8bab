/** Packets kept as they will be answered (opcode 3): respond with several. */
export class Batch {
  count: u32 = 0;
  private start: usize;
  private end: usize;
  private limit: usize;

  /** Room for packets of so many bytes together, their sizes (4 bytes each) included. */
  constructor(capacity: u32) {
    this.start = heap.alloc(<usize>capacity + 5);
    this.limit = this.start + 5 + capacity;
    this.end = this.start + 5;
    this.clear();
  }

  clear(): void {
    this.count = 0;
    this.end = this.start + 5;
  }

  /** Keeps a copy; false when there is no room for it. */
  add(bytes: usize, length: u32): bool {
    if (length == 0 || this.limit - this.end < 4 || <usize>length > this.limit - this.end - 4) return false;
    store<u32>(this.end, length);
    memory.copy(this.end + 4, bytes, length);
    this.end += 4 + length;
    this.count++;
    return true;
  }

  /** The answer with all packets; it lives until the next `add` or `clear`. */
  respond(): usize {
    store<u8>(this.start, 3);
    store<u32>(this.start + 1, this.count);
    return this.start;
  }
}
