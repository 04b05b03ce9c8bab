/** What a customization is shown: a datagram's payload, or the bytes of a stream that it has not yet consumed. */
export class Message {
  start: usize = 0;
  end: usize = 0;
  length: u32 = 0;
  /** The number of its flow: of a socket, and of no other as long as that is open. */
  flow: u32 = 0;
  private context: usize = 0;

  /** Reads what `cust_send` or `cust_recv` was called with. */
  read(flow: u32, block: usize, context: usize): void {
    this.flow = flow;
    this.length = load<u32>(block);
    this.start = block + 4;
    this.end = this.start + this.length;
    this.context = context;
  }

  get isUdp(): bool {
    return load<u8>(this.context, 4) == 17;
  }

  get isTcp(): bool {
    return load<u8>(this.context, 4) == 6;
  }

  /** The stream ends behind these bytes. */
  get isEnd(): bool {
    return (load<u32>(this.context) & 1) != 0;
  }

  /** The customization is deactivated: the answer will not be used. */
  get isInactive(): bool {
    return (load<u32>(this.context) & 2) != 0;
  }

  /** The flow was attached while it ran: its beginning has not been seen. */
  get isAttachedLate(): bool {
    return (load<u32>(this.context) & 4) != 0;
  }

  /** No more bytes came in the time that the answer `more` gave for them. */
  get hasWaited(): bool {
    return (load<u32>(this.context) & 8) != 0;
  }

  get localPort(): u32 {
    return load<u16>(this.context, 8);
  }

  get remotePort(): u32 {
    return load<u16>(this.context, 10);
  }

  get version(): u32 {
    return load<u8>(this.context, 5);
  }

  get localAddress(): usize {
    return this.context + 12;
  }

  get remoteAddress(): usize {
    return this.context + 28;
  }

  get process(): u32 {
    return load<u32>(this.context, 44);
  }

  /** Name of the thread that uses the socket, ended by a zero. */
  get task(): usize {
    return this.context + 48;
  }

  /** Name of the process, ended by a zero. */
  get group(): usize {
    return this.context + 64;
  }

  /** Whether the message begins with these bytes. */
  startsWith(bytes: usize, length: u32): bool {
    return this.length >= length && memory.compare(this.start, bytes, length) == 0;
  }

  endsWith(bytes: usize, length: u32): bool {
    return this.length >= length && memory.compare(this.end - length, bytes, length) == 0;
  }
}

/** The one message that there is at a time. */
export const message = new Message();
