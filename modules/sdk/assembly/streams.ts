/**
 * What a rule does to its connections (`stream: true` in its Rule), in the order in which it says so. Answer with
 * `finish()`; what was said is forgotten with the next `begin()`.
 */
export class StreamActions {
  private start: usize;
  private at: usize;
  private limit: usize;
  private count: u32 = 0;

  /** Room for so many bytes to be sent, with 9 more for each action. */
  constructor(capacity: u32) {
    this.start = heap.alloc(<usize>capacity + 5);
    this.limit = this.start + 5 + capacity;
    this.at = this.start + 5;
  }

  begin(): void {
    this.at = this.start + 5;
    this.count = 0;
  }

  /** Sends bytes; false when there is no room for them here. */
  send(connection: u32, bytes: usize, length: u32): bool {
    return this.withBytes(1, connection, bytes, length);
  }

  /** Sends a text (ASCII); false when there is no room for it here. */
  sendText(connection: u32, text: string): bool {
    const length = <u32>text.length;
    if (!this.head(1, connection, 4 + <usize>length)) return false;
    store<u32>(this.at, length);
    for (let i: u32 = 0; i < length; i++) store<u8>(this.at + 4 + i, <u8>text.charCodeAt(i));
    this.at += 4 + length;
    return true;
  }

  /** Ends the stream once all that was sent has left. */
  close(connection: u32): bool {
    return this.head(2, connection, 0);
  }

  /** Breaks the connection off. */
  reset(connection: u32): bool {
    return this.head(3, connection, 0);
  }

  /** Wakes the host and gives it the connection; it is to read these bytes first. */
  handOver(connection: u32, bytes: usize, length: u32): bool {
    return this.withBytes(4, connection, bytes, length);
  }

  /** Wakes the host, and leaves the connections to the rule. */
  wake(): bool {
    return this.head(5, 0, 0);
  }

  finish(): usize {
    store<u8>(this.start, 6);
    store<u32>(this.start + 1, this.count);
    return this.start;
  }

  private withBytes(kind: u8, connection: u32, bytes: usize, length: u32): bool {
    if (!this.head(kind, connection, 4 + <usize>length)) return false;
    store<u32>(this.at, length);
    memory.copy(this.at + 4, bytes, length);
    this.at += 4 + length;
    return true;
  }

  private head(kind: u8, connection: u32, rest: usize): bool {
    if (this.limit - this.at < 5 + rest) return false;
    store<u8>(this.at, kind);
    store<u32>(this.at + 1, connection);
    this.at += 5;
    this.count++;
    return true;
  }
}
