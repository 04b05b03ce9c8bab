import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import koffi from "koffi";
import { attempt } from "./attempt.ts";
import { checked, closeDescriptor, libc, SystemCallError } from "./libc.ts";
import { type MappedMemory, mapMemory, unmapMemory } from "./mapped-memory.ts";
import { int32 } from "./memory.ts";
import type { Holding } from "./reclaim.ts";

const socket = libc.func("int socket(int, int, int)");
const bind = libc.func("int bind(int, const void *, uint)");
const setsockopt = libc.func("int setsockopt(int, int, int, const void *, uint)");
const recv = libc.func("long recv(int, void *, size_t, int)");
const send = libc.func("long send(int, const void *, size_t, int)");
const sendMapped = libc.func("send", "long", ["int", "uintptr_t", "size_t", "int"]);
const recvmmsg = libc.func("int recvmmsg(int, uintptr_t, uint, int, void *)");

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 0o2000003;
const NETLINK_NETFILTER = 12;
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const SOL_NETLINK = 270;
const NETLINK_NO_ENOBUFS = 5;
const NETLINK_CAP_ACK = 10;
const MSG_DONTWAIT = 0x40;
const NLM_F_REQUEST = 1;
const NLM_F_ACK = 4;
const NLMSG_ERROR = 2;
const nlmsgHeaderBytes = 16;
/** struct nlmsghdr and struct nfgenmsg. */
const headBytes = 20;

/** Of subsystem NFNL_SUBSYS_QUEUE. */
const message = { packet: 0x300, verdict: 0x301, config: 0x302 } as const;
const configAttribute = { command: 1, parameters: 2, lengthMax: 3 } as const;
const BIND = 1;
const COPY_PACKET = 2;
const packetAttribute = {
  head: 1,
  verdict: 2,
  mark: 3,
  inDevice: 5,
  outDevice: 6,
  payload: 10,
  wholeLength: 13,
};
const attributeTypeMask = 0x3fff;
const NF_DROP = 0;
const NF_ACCEPT = 1;

const batchMax = 64;
const slotBytes = 66_048;
const messageHeaderBytes = 64;
const ioVectorBytes = 16;
const outBytes = 1 << 20;
const verdictBytes = headBytes + 12;
const receiveBufferBytes = 32 << 20;
const numbersTriedMax = 64;
const messagesBeforeReplyMax = 1024;
/** Bound for a moment only, to see whether it can be. */
const probeNumber = 65_000;
const ENOENT = 2;
const { EAGAIN, EINTR, ENOBUFS } = koffi.os.errno;

/** The longest packet that can be read whole, and given back: a netlink attribute's length has 16 bits. */
export const queuedBytesMax = 0xffff - 4;

/** Where in the kernel a packet was queued (enum nf_inet_hooks). */
export const hooks = { preRouting: 0, localIn: 1, forward: 2, localOut: 3, postRouting: 4 } as const;

export interface NfQueueOptions {
  /** The first of the numbers that are tried. */
  number: number;
  /** Packets that may wait in the kernel; what comes on top is dropped. */
  packetsMax: number;
}

/**
 * Packets that iptables' target NFQUEUE hands to user space, in batches, and verdicts on them, many in one system call. Without
 * the GSO flag, so segments come one by one and with their checksums finished. A packet is read in place:
 *
 *     const count = queue.receive();
 *     for (let index = 0; index < count; index += 1)
 *       if (queue.select(index)) { … queue.bytes from queue.start, queue.length of them … ; queue.accept(queue.id); }
 *     queue.flush();
 *
 * Verdicts may be given in any order and later; a packet without one waits, and counts among `packetsMax`. When the descriptor
 * is closed, packets that wait are dropped.
 */
export class NfQueue {
  readonly fd: number;
  readonly number: number;
  /** What was received, and what is being sent; empty once closed. */
  bytes: Uint8Array<ArrayBuffer>;

  /** Of the packet that was selected: the kernel's number, hook, where it starts in `bytes`, and bytes there. */
  id = 0;
  hook = 0;
  start = 0;
  length = 0;
  /** Bytes that it has in the kernel: more than `length` when it is longer than `queuedBytesMax`. */
  wholeLength = 0;
  mark = 0;
  /** Index of the interface that it goes out by, or came in by. */
  device = 0;

  readonly #memory: MappedMemory;
  readonly #view: DataView;
  readonly #slotsAt: number;
  readonly #outAt: number;
  readonly #headersAddress: bigint;
  readonly #outAddress: bigint;
  #used = 0;

  private constructor(fd: number, number: number) {
    this.fd = fd;
    this.number = number;
    this.#slotsAt = batchMax * (messageHeaderBytes + ioVectorBytes);
    this.#outAt = this.#slotsAt + batchMax * slotBytes;
    this.#memory = mapMemory(this.#outAt + outBytes);
    this.bytes = this.#memory.bytes;
    this.#view = new DataView(this.bytes.buffer);
    this.#headersAddress = this.#memory.address;
    this.#outAddress = this.#memory.address + BigInt(this.#outAt);
    this.#layOut();
  }

  /** Binds the first number that is free, from `number` on. Throws `linux.*` problems. */
  static open({ number, packetsMax }: NfQueueOptions): NfQueue {
    return attempt("open a queue of packets (NFQUEUE)", () => {
      const fd = openSocket();
      try {
        const bound = bindQueue(fd, number);
        configure(fd, bound, configAttribute.parameters, Uint8Array.of(0, 0, 0xff, 0xff, COPY_PACKET));
        configure(fd, bound, configAttribute.lengthMax, bigEndian32(packetsMax));
        return new NfQueue(fd, bound);
      } catch (error) {
        closeDescriptor(fd);
        throw error;
      }
    });
  }

  /** What outlives this thread if it ends without `close`. */
  holdings(): Holding[] {
    return [this.#memory.holding, { kind: "descriptor", fd: this.fd }];
  }

  /** Takes what waits, up to a batch; answers how many messages there are to `select`. */
  receive(): number {
    const count = recvmmsg(this.fd, this.#headersAddress, batchMax, MSG_DONTWAIT, null) as number;
    if (count >= 0) return count;
    const errno = koffi.errno();
    if (errno === EAGAIN || errno === EINTR || errno === ENOBUFS) return 0;
    throw new SystemCallError("recvmmsg", errno);
  }

  /** Reads one message of the batch; false when it is no packet. */
  select(index: number): boolean {
    const view = this.#view;
    const at = this.#slotsAt + index * slotBytes;
    if (view.getUint16(at + 4, true) !== message.packet) return false;
    const received = view.getUint32(index * messageHeaderBytes + 56, true);
    const end = at + Math.min(view.getUint32(at, true), received);
    this.mark = 0;
    this.device = 0;
    this.wholeLength = 0;
    this.length = 0;
    for (let attribute = at + headBytes; attribute + 4 <= end; ) {
      const length = view.getUint16(attribute, true);
      if (length < 4) break;
      this.#readAttribute(view.getUint16(attribute + 2, true) & attributeTypeMask, attribute + 4, length - 4);
      attribute += (length + 3) & ~3;
    }
    if (this.wholeLength === 0) this.wholeLength = this.length;
    return true;
  }

  accept(id: number): void {
    this.#verdict(id, NF_ACCEPT, 0);
  }

  drop(id: number): void {
    this.#verdict(id, NF_DROP, 0);
  }

  /** Lets the packet go on as `length` other bytes, which the caller writes into `bytes` from the answered offset on. */
  replace(id: number, length: number): number {
    return this.#verdict(id, NF_ACCEPT, length);
  }

  /** Tells the kernel the verdicts that were given. */
  flush(): void {
    if (this.#used === 0) return;
    const bytes = this.#used;
    this.#used = 0;
    checked("send", Number(sendMapped(this.fd, this.#outAddress, bytes, 0)));
  }

  /**
   * Packets that were dropped because too many waited, or because this socket took none more. Undefined to who is not root of the
   * machine: only that user may read it.
   */
  overflows(): number | undefined {
    for (const line of readStatistics().split("\n")) {
      const columns = line.trim().split(/\s+/).map(Number);
      if (columns[0] === this.number) return (columns[5] ?? 0) + (columns[6] ?? 0);
    }
    return undefined;
  }

  close(): void {
    this.bytes = new Uint8Array(0);
    closeDescriptor(this.fd);
    unmapMemory(this.#memory);
  }

  #readAttribute(type: number, at: number, length: number): void {
    const view = this.#view;
    switch (type) {
      case packetAttribute.head:
        this.id = view.getUint32(at);
        this.hook = view.getUint8(at + 6);
        break;
      case packetAttribute.mark:
        this.mark = view.getUint32(at);
        break;
      case packetAttribute.inDevice:
      case packetAttribute.outDevice:
        this.device = view.getUint32(at);
        break;
      case packetAttribute.payload:
        this.start = at;
        this.length = length;
        break;
      case packetAttribute.wholeLength:
        this.wholeLength = view.getUint32(at);
        break;
    }
  }

  #verdict(id: number, verdict: number, length: number): number {
    if (length > queuedBytesMax) throw new Error(`a packet of ${length} bytes cannot be given to the kernel`);
    const payloadBytes = length > 0 ? (4 + length + 3) & ~3 : 0;
    const total = verdictBytes + payloadBytes;
    if (this.#used + total > outBytes) this.flush();
    const view = this.#view;
    const at = this.#outAt + this.#used;
    view.setUint32(at, total, true);
    view.setUint32(at + 4, message.verdict | (NLM_F_REQUEST << 16), true);
    view.setUint32(at + 8, 0, true);
    view.setUint32(at + 12, 0, true);
    view.setUint32(at + 16, this.number);
    view.setUint32(at + 20, 12 | (packetAttribute.verdict << 16), true);
    view.setUint32(at + 24, verdict);
    view.setUint32(at + 28, id);
    if (length > 0) {
      view.setUint16(at + verdictBytes, 4 + length, true);
      view.setUint16(at + verdictBytes + 2, packetAttribute.payload, true);
    }
    this.#used += total;
    return at + verdictBytes + 4;
  }

  /** struct mmsghdr and struct iovec of each slot; the kernel leaves them as they are but for the lengths. */
  #layOut(): void {
    const view = this.#view;
    for (let index = 0; index < batchMax; index += 1) {
      const vector = batchMax * messageHeaderBytes + index * ioVectorBytes;
      const header = index * messageHeaderBytes;
      view.setBigUint64(vector, this.#memory.address + BigInt(this.#slotsAt + index * slotBytes), true);
      view.setBigUint64(vector + 8, BigInt(slotBytes), true);
      view.setBigUint64(header + 16, this.#memory.address + BigInt(vector), true);
      view.setBigUint64(header + 24, 1n, true);
    }
  }
}

/** Throws `linux.*` where this thread may not have queues, or there is no iptables to fill them. */
export function checkPacketQueues(): void {
  attempt("queue packets (iptables)", () => {
    if (!isProgram("iptables")) throw new SystemCallError("iptables", ENOENT);
  });
  NfQueue.open({ number: probeNumber, packetsMax: 1 }).close();
}

function isProgram(name: string): boolean {
  const folders = (process.env.PATH ?? "").split(":");
  return folders.some((folder) => folder !== "" && existsSync(join(folder, name)));
}

function readStatistics(): string {
  try {
    return readFileSync("/proc/thread-self/net/netfilter/nfnetlink_queue", "latin1");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") return "";
    throw error;
  }
}

function openSocket(): number {
  const fd = checked("socket", socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_NETFILTER) as number);
  const address = new Uint8Array(12);
  address[0] = AF_NETLINK;
  checked("bind", bind(fd, address, address.length) as number);
  // Without privilege over the machine the kernel's own limit holds, and bursts overflow sooner.
  const option = (level: number, name: number, value: number): boolean =>
    (setsockopt(fd, level, name, int32(value), 4) as number) === 0;
  if (!option(SOL_SOCKET, SO_RCVBUFFORCE, receiveBufferBytes))
    option(SOL_SOCKET, SO_RCVBUF, receiveBufferBytes);
  if (!option(SOL_SOCKET, SO_SNDBUFFORCE, 2 * outBytes)) option(SOL_SOCKET, SO_SNDBUF, 2 * outBytes);
  option(SOL_NETLINK, NETLINK_NO_ENOBUFS, 1);
  option(SOL_NETLINK, NETLINK_CAP_ACK, 1);
  return fd;
}

/** A number that another process has is refused as if it were forbidden. */
function bindQueue(fd: number, first: number): number {
  for (let tried = 0; ; tried += 1) {
    try {
      configure(fd, first + tried, configAttribute.command, Uint8Array.of(BIND, 0, 0, 0));
      return first + tried;
    } catch (error) {
      const isTaken = error instanceof SystemCallError && (error.code === "EPERM" || error.code === "EBUSY");
      if (!isTaken || tried >= numbersTriedMax) throw error;
    }
  }
}

function configure(fd: number, number: number, type: number, payload: Uint8Array): void {
  const total = headBytes + 4 + ((payload.length + 3) & ~3);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, total, true);
  view.setUint16(4, message.config, true);
  view.setUint16(6, NLM_F_REQUEST | NLM_F_ACK, true);
  view.setUint16(18, number);
  view.setUint16(headBytes, 4 + payload.length, true);
  view.setUint16(headBytes + 2, type, true);
  bytes.set(payload, headBytes + 4);
  checked("send", Number(send(fd, bytes, total, 0)));
  const errno = readReply(fd);
  if (errno !== 0) throw new SystemCallError("NFQNL_MSG_CONFIG", errno);
}

/** Somebody else's rules may send packets to this number already: they come between. */
function readReply(fd: number): number {
  const reply = new Uint8Array(256);
  const answer = new DataView(reply.buffer);
  for (let read = 0; read < messagesBeforeReplyMax; read += 1) {
    const length = checked("recv", Number(recv(fd, reply, reply.length, 0)));
    if (length >= headBytes && answer.getUint16(4, true) === NLMSG_ERROR) {
      return -answer.getInt32(nlmsgHeaderBytes, true);
    }
  }
  throw new SystemCallError("recv", EAGAIN ?? 0);
}

function bigEndian32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
