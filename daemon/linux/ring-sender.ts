import koffi from "koffi";
import type { FrameSender } from "./frame-sender.ts";
import { libc } from "./libc.ts";
import type { Holding } from "./reclaim.ts";

const send = libc.func("long send(int, const void *, size_t, int)");

const MSG_DONTWAIT = 0x40;
const TP_STATUS_AVAILABLE = 0;
const TP_STATUS_SEND_REQUEST = 1;
/** struct tpacket2_hdr, rounded up; behind it the kernel looks for what is to be sent. */
const headerBytes = 32;
const { EAGAIN, ENOBUFS } = koffi.os.errno;

/** Where the sending half of a packet ring is. */
export interface SendSlots {
  /** Of the packet socket. */
  fd: number;
  /** The mapping of the whole ring, and where in it the slots for sending start and end. */
  memory: ArrayBuffer;
  start: number;
  end: number;
  slotBytes: number;
}

/** Sends from the slots of a packet socket's own ring (TPACKET_V2): works on every link, with frames of any length. */
export class RingSender implements FrameSender {
  bytes: Uint8Array;
  readonly frameBytesMax: number;
  sent = 0;
  unsent = 0;
  #words: Uint32Array;
  readonly #slots: SendSlots;
  #at: number;
  #pending = 0;
  /** The kernel has not taken all of what it was given. */
  #left = false;

  constructor(slots: SendSlots) {
    this.#slots = slots;
    this.bytes = new Uint8Array(slots.memory);
    this.#words = new Uint32Array(slots.memory);
    this.#at = slots.start;
    this.frameBytesMax = slots.slotBytes - headerBytes;
  }

  reserve(): number {
    const word = this.#at >> 2;
    if (this.#words[word] !== TP_STATUS_AVAILABLE) {
      this.flush();
      if (this.#words[word] !== TP_STATUS_AVAILABLE) {
        this.unsent += 1;
        return -1;
      }
    }
    return this.#at + headerBytes;
  }

  commit(length: number): void {
    const word = this.#at >> 2;
    // The kernel looks at slots during our own call of `send` only, so nothing has to be fenced.
    this.#words[word + 1] = length;
    this.#words[word] = TP_STATUS_SEND_REQUEST;
    this.#at += this.#slots.slotBytes;
    if (this.#at === this.#slots.end) this.#at = this.#slots.start;
    this.#pending += 1;
  }

  flush(): void {
    if (this.#pending === 0 && !this.#left) return;
    const taken = send(this.#slots.fd, null, 0, MSG_DONTWAIT) as number;
    const errno = taken < 0 ? koffi.errno() : 0;
    // What is left stays in the ring and leaves with a later flush.
    this.#left = errno !== 0;
    if (errno === 0 || errno === EAGAIN || errno === ENOBUFS) this.sent += this.#pending;
    else this.unsent += this.#pending;
    this.#pending = 0;
  }

  /** Socket and mapping are the packet ring's. */
  holdings(): Holding[] {
    return [];
  }

  close(): void {
    this.bytes = new Uint8Array(0);
    this.#words = new Uint32Array(1);
    this.#at = 0;
    this.#pending = 0;
  }
}
