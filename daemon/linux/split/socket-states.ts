import { bpf, bpfWords } from "../bpf.ts";
import { attachIterator, loadBpf } from "../bpf-load.ts";
import { BpfProgram, frame, type Width } from "../bpf-program.ts";
import type { KernelField, KernelTypes } from "../btf.ts";
import { checked, closeDescriptor, libc } from "../libc.ts";

const read = libc.func("long read(int, void *, size_t)");

/** What is copied out of each socket, into a record of its own: where, how wide, and which member of which structure. */
const fields = {
  state: { at: 4, width: 1, of: "sock_common", field: "skc_state" },
  sackOk: { at: 5, width: 1, of: "tcp_sock", field: "rx_opt.sack_ok" },
  timestampOk: { at: 6, width: 1, of: "tcp_sock", field: "rx_opt.tstamp_ok" },
  scaleOk: { at: 7, width: 1, of: "tcp_sock", field: "rx_opt.wscale_ok" },
  sendScale: { at: 8, width: 1, of: "tcp_sock", field: "rx_opt.snd_wscale" },
  receiveScale: { at: 9, width: 1, of: "tcp_sock", field: "rx_opt.rcv_wscale" },
  countsUs: { at: 10, width: 1, of: "tcp_sock", field: "tcp_usec_ts" },
  unacknowledged: { at: 12, width: 4, of: "tcp_sock", field: "snd_una" },
  written: { at: 16, width: 4, of: "tcp_sock", field: "write_seq" },
  receiveNext: { at: 20, width: 4, of: "tcp_sock", field: "rcv_nxt" },
  sendWindow: { at: 24, width: 4, of: "tcp_sock", field: "snd_wnd" },
  sendWindowAt: { at: 28, width: 4, of: "tcp_sock", field: "snd_wl1" },
  sendWindowMax: { at: 32, width: 4, of: "tcp_sock", field: "max_window" },
  receiveWindow: { at: 36, width: 4, of: "tcp_sock", field: "rcv_wnd" },
  receiveWindowAt: { at: 40, width: 4, of: "tcp_sock", field: "rcv_wup" },
  segmentBytes: { at: 44, width: 4, of: "tcp_sock", field: "mss_cache" },
  segmentBytesMax: { at: 48, width: 2, of: "tcp_sock", field: "advmss" },
  clockOffset: { at: 52, width: 4, of: "tcp_sock", field: "tsoffset" },
  roundTrip: { at: 56, width: 4, of: "tcp_sock", field: "srtt_us" },
  outOfOrder: { at: 64, width: 8, of: "tcp_sock", field: "out_of_order_queue.rb_node" },
} as const;
type Name = keyof typeof fields;
const slotOffset = 0;
const recordBytes = 72;
const helpers = { lookUp: 1, sequenceWrite: 127, toTcpSocket: 137 } as const;
// Registers that outlive calls.
const [context, common, socket] = [6, 7, 8] as const;
const cookieAt = -recordBytes - 8;
const optional: readonly Name[] = ["countsUs"];
const readBytes = 64 * 1024;

export interface SocketState {
  slot: number;
  /** enum of linux/tcp_states.h. */
  state: number;
  hasSack: boolean;
  hasTimestamp: boolean;
  countsUs: boolean;
  scales: { send: number; receive: number } | undefined;
  unacknowledged: number;
  written: number;
  receiveNext: number;
  sendWindow: number;
  sendWindowAt: number;
  sendWindowMax: number;
  receiveWindow: number;
  receiveWindowAt: number;
  segmentBytes: number;
  segmentBytesMax: number;
  clockOffset: number;
  /** A segment's way there and back, in milliseconds. */
  roundTripMs: number;
  /** Bytes have come behind some that have not. */
  hasGaps: boolean;
}

/** The state of those TCP sockets whose cookies a map has, read while the kernel holds each socket's lock. */
export class SocketStates {
  readonly #program: number;
  readonly #link: number;
  readonly #members = new Map<Name, KernelField>();

  /** Throws `SystemCallError` and `linux.unsupported`. */
  constructor(types: KernelTypes, cookies: { fd: number }) {
    for (const name of Object.keys(fields) as Name[]) {
      const { of, field } = fields[name];
      if (optional.includes(name) && !types.hasField(of, field)) continue;
      this.#members.set(name, types.field(of, field));
    }
    const instructions = this.#copyProgram(types.field("sock_common", "skc_cookie").offset, cookies);
    const target = types.functionId("bpf_iter_tcp");
    this.#program = loadBpf({ type: "tracing", attachment: "iterator", instructions, target });
    this.#link = attachIterator(this.#program);
  }

  read(): SocketState[] {
    const fd = bpf("ITER_CREATE", bpfWords(this.#link, 0));
    const pieces: Buffer[] = [];
    try {
      for (;;) {
        const piece = Buffer.alloc(readBytes);
        const length = checked("read", Number(read(fd, piece, readBytes)));
        if (length === 0) break;
        pieces.push(piece.subarray(0, length));
      }
    } finally {
      closeDescriptor(fd);
    }
    const output = Buffer.concat(pieces);
    const found: SocketState[] = [];
    for (let at = 0; at + recordBytes <= output.length; at += recordBytes) {
      found.push(this.#readRecord(output.subarray(at, at + recordBytes)));
    }
    return found;
  }

  descriptors(): number[] {
    return [this.#link, this.#program];
  }

  close(): void {
    for (const fd of this.descriptors()) closeDescriptor(fd);
  }

  /** Arguments are a struct bpf_iter__tcp: meta, sk_common. */
  #copyProgram(cookie: number, cookies: { fd: number }): Uint8Array {
    const program = new BpfProgram().move(context, 1).load(8, common, context, 8).endIf(common, 0);
    program.load(8, 1, common, cookie).store(8, frame, cookieAt, 1);
    program.setMap(1, cookies).move(2, frame).add(2, cookieAt).call(helpers.lookUp).endIf(0, 0);
    for (let at = 0; at < recordBytes; at += 8) program.clear(frame, at - recordBytes);
    program.load(4, 1, 0, 0).store(4, frame, slotOffset - recordBytes, 1);
    program.move(1, common).call(helpers.toTcpSocket).endIf(0, 0).move(socket, 0);
    for (const [name, { offset }] of this.#members) {
      const { at, width, of } = fields[name];
      const from = of === "sock_common" ? common : socket;
      program.load(width as Width, 1, from, offset).store(width as Width, frame, at - recordBytes, 1);
    }
    program.load(8, 1, context, 0).load(8, 1, 1, 0).move(2, frame).add(2, -recordBytes);
    return program.set(3, recordBytes).call(helpers.sequenceWrite).finish();
  }

  #readRecord(bytes: Buffer): SocketState {
    const u32 = (name: Name): number => bytes.readUInt32LE(fields[name].at);
    const bits = (name: Name): number => {
      const { shift, size } = this.#members.get(name)?.bits ?? { shift: 0, size: 0 };
      return (bytes.readUInt8(fields[name].at) >> shift) & ((1 << size) - 1);
    };
    return {
      slot: bytes.readUInt32LE(slotOffset),
      state: bytes.readUInt8(fields.state.at),
      hasSack: bits("sackOk") !== 0,
      hasTimestamp: bits("timestampOk") !== 0,
      countsUs: bits("countsUs") !== 0,
      scales: bits("scaleOk") === 0 ? undefined : { send: bits("sendScale"), receive: bits("receiveScale") },
      unacknowledged: u32("unacknowledged"),
      written: u32("written"),
      receiveNext: u32("receiveNext"),
      sendWindow: u32("sendWindow"),
      sendWindowAt: u32("sendWindowAt"),
      sendWindowMax: u32("sendWindowMax"),
      receiveWindow: u32("receiveWindow"),
      receiveWindowAt: u32("receiveWindowAt"),
      segmentBytes: u32("segmentBytes"),
      segmentBytesMax: bytes.readUInt16LE(fields.segmentBytesMax.at),
      clockOffset: u32("clockOffset"),
      // Eight times microseconds, as the kernel smooths them.
      roundTripMs: u32("roundTrip") / 8_000,
      hasGaps: bytes.readBigUInt64LE(fields.outOfOrder.at) !== 0n,
    };
  }
}
