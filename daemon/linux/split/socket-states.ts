import { readIterator } from "../bpf-iterator.ts";
import { attachIterator, loadBpf } from "../bpf-load.ts";
import { BpfProgram, frame } from "../bpf-program.ts";
import type { KernelTypes } from "../btf.ts";
import { closeDescriptor } from "../libc.ts";
import { TcpFields } from "../tcp-fields.ts";
import type { Liveness } from "./half-socket.ts";

/** What is copied out of each socket, into a record of its own: where, how wide, and which member of which structure. */
const record = {
  state: { at: 4, width: 1, of: "sock_common", field: "skc_state" },
  sackOk: { at: 5, width: 1, of: "tcp_sock", field: "rx_opt.sack_ok" },
  timestampOk: { at: 6, width: 1, of: "tcp_sock", field: "rx_opt.tstamp_ok" },
  scaleOk: { at: 7, width: 1, of: "tcp_sock", field: "rx_opt.wscale_ok" },
  sendScale: { at: 8, width: 1, of: "tcp_sock", field: "rx_opt.snd_wscale" },
  receiveScale: { at: 9, width: 1, of: "tcp_sock", field: "rx_opt.rcv_wscale" },
  countsUs: { at: 10, width: 1, of: "tcp_sock", field: "tcp_usec_ts", isOptional: true },
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
  trafficClass: { at: 11, width: 1, of: "tcp_sock", field: "inet_conn.icsk_inet.tos" },
  isMultipath: { at: 60, width: 1, of: "tcp_sock", field: "is_mptcp", isOptional: true },
  outOfOrder: { at: 64, width: 8, of: "tcp_sock", field: "out_of_order_queue.rb_node" },
  signature: { at: 72, width: 8, of: "tcp_sock", field: "md5sig_info", isOptional: true },
} as const;
/** What the kernel is asked of each socket as getsockopt(2) is, each an int of the record: level and name. */
const options = {
  keepsAlive: { at: 80, level: 1, name: 9 },
  idleSeconds: { at: 84, level: 6, name: 4 },
  intervalSeconds: { at: 88, level: 6, name: 5 },
  probes: { at: 92, level: 6, name: 6 },
  userTimeoutMs: { at: 96, level: 6, name: 18 },
} as const;
const slotOffset = 0;
const recordBytes = 104;
const lookUp = 1;
const getOption = 57;
// Registers that outlive calls.
const registers = { context: 6, common: 7, socket: 8 } as const;
/** On the stack, below the record. */
const cookieAt = -recordBytes - 8;
const foundAt = cookieAt - 8;

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
  /** Type of service, of IPv4. */
  trafficClass: number;
  /** Its segments are signed (RFC 2385), or belong to a connection over several paths (RFC 8684): no other socket can stand for it. */
  isBound: boolean;
  /** Bytes have come behind some that have not. */
  hasGaps: boolean;
  liveness: Liveness;
}

/** The state of those TCP sockets whose cookies a map has, read while the kernel holds each socket's lock. */
export class SocketStates {
  readonly #program: number;
  readonly #link: number;
  readonly #fields: TcpFields<keyof typeof record>;

  /** Throws `SystemCallError` and `linux.unsupported`. */
  constructor(types: KernelTypes, cookies: { fd: number }) {
    this.#fields = new TcpFields(types, record, recordBytes);
    const instructions = this.#copyProgram(types.field("sock_common", "skc_cookie").offset, cookies);
    const target = types.functionId("bpf_iter_tcp");
    this.#program = loadBpf({ type: "tracing", attachment: "iterator", instructions, target });
    try {
      this.#link = attachIterator(this.#program);
    } catch (error) {
      closeDescriptor(this.#program);
      throw error;
    }
  }

  read(): SocketState[] {
    const output = readIterator(this.#link);
    return [...this.#fields.records(output)].map((bytes) => this.#readRecord(bytes));
  }

  descriptors(): number[] {
    return [this.#link, this.#program];
  }

  close(): void {
    for (const fd of this.descriptors()) closeDescriptor(fd);
  }

  /** Arguments are a struct bpf_iter__tcp: meta, sk_common. */
  #copyProgram(cookie: number, cookies: { fd: number }): Uint8Array {
    const { context, common, socket } = registers;
    const program = new BpfProgram().move(context, 1).load(8, common, context, 8).endIf(common, 0);
    program.load(8, 1, common, cookie).store(8, frame, cookieAt, 1);
    program.setMap(1, cookies).move(2, frame).add(2, cookieAt).call(lookUp).endIf(0, 0);
    program.load(4, 1, 0, 0).store(4, frame, foundAt, 1);
    return this.#fields
      .copy(program, registers, (start) => {
        program.load(4, 1, frame, foundAt).store(4, frame, start + slotOffset, 1);
        for (const { at, level, name } of Object.values(options)) {
          program.move(1, socket).set(2, level).set(3, name).move(4, frame);
          program
            .add(4, start + at)
            .set(5, 4)
            .call(getOption);
        }
      })
      .finish();
  }

  #readRecord(bytes: Buffer): SocketState {
    const u32 = (name: keyof typeof record): number => this.#fields.u32(bytes, name);
    const bits = (name: keyof typeof record): number => this.#fields.bits(bytes, name);
    const option = (name: keyof typeof options): number => bytes.readInt32LE(options[name].at);
    return {
      slot: bytes.readUInt32LE(slotOffset),
      state: bytes.readUInt8(record.state.at),
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
      segmentBytesMax: bytes.readUInt16LE(record.segmentBytesMax.at),
      clockOffset: u32("clockOffset"),
      // Eight times microseconds, as the kernel smooths them.
      roundTripMs: u32("roundTrip") / 8_000,
      trafficClass: bytes.readUInt8(record.trafficClass.at),
      isBound:
        bytes.readUInt8(record.isMultipath.at) !== 0 || bytes.readBigUInt64LE(record.signature.at) !== 0n,
      hasGaps: bytes.readBigUInt64LE(record.outOfOrder.at) !== 0n,
      liveness: {
        keepsAlive: option("keepsAlive") !== 0,
        idleSeconds: option("idleSeconds"),
        intervalSeconds: option("intervalSeconds"),
        probes: option("probes"),
        userTimeoutMs: option("userTimeoutMs"),
      },
    };
  }
}
