/** A sequence of bytes to be found among others, by Horspool's method: most are passed over without being looked at. */
export class Search {
  private skips: usize = heap.alloc(256);

  constructor(
    private pattern: usize,
    private length: u32,
  ) {
    this.prepare();
  }

  /** After the sequence has changed. */
  prepare(): void {
    memory.fill(this.skips, <u8>this.length, 256);
    for (let i: u32 = 0; i + 1 < this.length; i++) {
      store<u8>(this.skips + load<u8>(this.pattern + i), <u8>(this.length - 1 - i));
    }
  }

  /**
   * Where the sequence first stands, or where one begins that may go on behind `end`; `end` when there is neither.
   */
  find(start: usize, end: usize): usize {
    const pattern = this.pattern;
    const length = this.length;
    const skips = this.skips;
    const last = length - 1;
    let at = start;
    const final = load<u8>(pattern + last);
    while (at + length <= end) {
      const byte = load<u8>(at + last);
      if (byte == final && memory.compare(at, pattern, length) == 0) return at;
      at += load<u8>(skips + byte);
    }
    for (; at < end; at++) {
      if (load<u8>(at) == load<u8>(pattern) && memory.compare(at, pattern, end - at) == 0) return at;
    }
    return end;
  }
}
