import { runIterator } from "./bpf-iterator.ts";
import { BpfProgram } from "./bpf-program.ts";
import { KernelTypes } from "./btf.ts";
import { TcpFields } from "./tcp-fields.ts";

/** An established TCP connection, as the kernel would go on with it. */
export interface TcpConnection {
  /** 4 or 16 bytes, network order. */
  local: Uint8Array;
  remote: Uint8Array;
  localPort: number;
  remotePort: number;
  /** The next number it will send, and the next that it expects. */
  sequence: number;
  acknowledgment: number;
  /** As it stands in the header: scaled. */
  window: number;
  /** What its next segment would carry as timestamp; undefined when the connection has none (RFC 7323). */
  timestamp?: number;
}

/** What is copied out of each socket, into a record of its own: where, how wide, and which member of which structure. */
const record = {
  family: { at: 0, width: 2, of: "sock_common", field: "skc_family" },
  localPort: { at: 2, width: 2, of: "sock_common", field: "skc_num" },
  remotePort: { at: 4, width: 2, of: "sock_common", field: "skc_dport" },
  windowScale: { at: 6, width: 1, of: "tcp_sock", field: "rx_opt.rcv_wscale" },
  hasTimestamp: { at: 7, width: 1, of: "tcp_sock", field: "rx_opt.tstamp_ok" },
  local4: { at: 8, width: 4, of: "sock_common", field: "skc_rcv_saddr" },
  remote4: { at: 12, width: 4, of: "sock_common", field: "skc_daddr" },
  local6: { at: 16, width: 16, of: "sock_common", field: "skc_v6_rcv_saddr" },
  remote6: { at: 32, width: 16, of: "sock_common", field: "skc_v6_daddr" },
  sequence: { at: 48, width: 4, of: "tcp_sock", field: "snd_nxt" },
  acknowledgment: { at: 52, width: 4, of: "tcp_sock", field: "rcv_nxt" },
  clockUs: { at: 56, width: 8, of: "tcp_sock", field: "tcp_mstamp" },
  clockOffset: { at: 64, width: 4, of: "tcp_sock", field: "tsoffset" },
  window: { at: 68, width: 4, of: "tcp_sock", field: "rcv_wnd" },
  countsUs: { at: 72, width: 1, of: "tcp_sock", field: "tcp_usec_ts", isOptional: true },
} as const;
const recordBytes = 80;

const what = "read the state of TCP connections";
const ESTABLISHED = 1;
const AF_INET6 = 10;
// Registers that outlive calls.
const registers = { context: 6, common: 7, socket: 8 } as const;
/** "::ffff:0:0/96": an IPv4 connection of a socket that can do both. */
const mappedPrefix = Buffer.from("00000000000000000000ffff", "hex");

/**
 * The established TCP connections of this thread's network namespace. They are read by a BPF program while the kernel
 * holds each socket's lock: no process, and nothing about any connection, is changed or stopped by it. Throws `linux.*`.
 */
export function listTcpConnections(): TcpConnection[] {
  const types = KernelTypes.ofThisKernel();
  const fields = new TcpFields(types, record, recordBytes);
  const state = types.field("sock_common", "skc_state").offset;
  const target = types.functionId("bpf_iter_tcp");
  const output = runIterator(what, { instructions: copyProgram(fields, state), target });
  return [...fields.records(output)].map((bytes) => readRecord(bytes, fields));
}

type Fields = TcpFields<keyof typeof record>;

/** Writes a record for each established connection; arguments are a struct bpf_iter__tcp: meta, sk_common. */
function copyProgram(fields: Fields, state: number): Uint8Array {
  const { context, common } = registers;
  const program = new BpfProgram().move(context, 1).load(8, common, context, 8).endIf(common, 0);
  program.load(1, 1, common, state).endUnless(1, ESTABLISHED);
  return fields.copy(program, registers).finish();
}

function readRecord(bytes: Buffer, fields: Fields): TcpConnection {
  const clockUs = bytes.readBigUInt64LE(record.clockUs.at);
  const clock = fields.bits(bytes, "countsUs") === 1 ? clockUs : clockUs / 1_000n;
  const timestamp = Number(BigInt.asUintN(32, clock + BigInt(fields.u32(bytes, "clockOffset"))));
  return {
    ...readAddresses(bytes),
    localPort: bytes.readUInt16LE(record.localPort.at),
    remotePort: bytes.readUInt16BE(record.remotePort.at),
    sequence: fields.u32(bytes, "sequence"),
    acknowledgment: fields.u32(bytes, "acknowledgment"),
    window: Math.min(0xffff, fields.u32(bytes, "window") >>> fields.bits(bytes, "windowScale")),
    ...(fields.bits(bytes, "hasTimestamp") === 1 && { timestamp }),
  };
}

function readAddresses(bytes: Buffer): Pick<TcpConnection, "local" | "remote"> {
  const part = (name: "local4" | "remote4" | "local6" | "remote6"): Uint8Array =>
    Uint8Array.from(bytes.subarray(record[name].at, record[name].at + record[name].width));
  const isMapped = mappedPrefix.equals(bytes.subarray(record.local6.at, record.local6.at + 12));
  const isIpv6 = bytes.readUInt16LE(record.family.at) === AF_INET6 && !isMapped;
  return isIpv6
    ? { local: part("local6"), remote: part("remote6") }
    : { local: part("local4"), remote: part("remote4") };
}
