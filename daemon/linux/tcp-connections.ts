import { runIterator } from "./bpf-iterator.ts";
import { BpfProgram, frame, type Width } from "./bpf-program.ts";
import { type KernelField, KernelTypes } from "./btf.ts";

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
  countsUs: { at: 72, width: 1, of: "tcp_sock", field: "tcp_usec_ts" },
} as const;
type Name = keyof typeof record;
const recordBytes = 80;
/** Kernels before 6.7 have no such thing. */
const optional: readonly Name[] = ["countsUs"];

const what = "read the state of TCP connections";
const ESTABLISHED = 1;
const AF_INET6 = 10;
const helpers = { sequenceWrite: 127, toTcpSocket: 137 } as const;
// Registers that outlive calls.
const [context, common, socket] = [6, 7, 8];
/** "::ffff:0:0/96": an IPv4 connection of a socket that can do both. */
const mappedPrefix = Buffer.from("00000000000000000000ffff", "hex");

/**
 * The established TCP connections of this thread's network namespace. They are read by a BPF program while the kernel
 * holds each socket's lock: no process, and nothing about any connection, is changed or stopped by it. Throws `linux.*`.
 */
export function listTcpConnections(): TcpConnection[] {
  const fields = fieldsOf(KernelTypes.ofThisKernel());
  const output = runIterator(what, { instructions: copyProgram(fields), target: fields.target });
  const found: TcpConnection[] = [];
  for (let at = 0; at + recordBytes <= output.length; at += recordBytes) {
    found.push(readRecord(output.subarray(at, at + recordBytes), fields.members));
  }
  return found;
}

interface Fields {
  target: number;
  state: number;
  members: Map<Name, KernelField>;
}

function fieldsOf(types: KernelTypes): Fields {
  const members = new Map<Name, KernelField>();
  for (const name of Object.keys(record) as Name[]) {
    const { of, field } = record[name];
    if (!optional.includes(name)) members.set(name, types.field(of, field));
    else if (types.hasField(of, field)) members.set(name, types.field(of, field));
  }
  const state = types.field("sock_common", "skc_state").offset;
  return { target: types.functionId("bpf_iter_tcp"), state, members };
}

/** Writes a record for each established connection; arguments are a struct bpf_iter__tcp: meta, sk_common. */
function copyProgram({ members, state }: Fields): Uint8Array {
  const program = new BpfProgram()
    .move(context!, 1)
    .load(8, common!, context!, 8)
    .endIf(common!, 0)
    .load(1, 1, common!, state)
    .endUnless(1, ESTABLISHED)
    .move(1, common!)
    .call(helpers.toTcpSocket)
    .endIf(0, 0)
    .move(socket!, 0);
  for (let at = 0; at < recordBytes; at += 8) program.clear(frame, at - recordBytes);
  for (const [name, { offset }] of members) {
    const { at, width, of } = record[name];
    const from = of === "sock_common" ? common! : socket!;
    // An IPv6 address is an array of words to the verifier, which are read one by one.
    const step: Width = width === 16 ? 4 : width;
    for (let done = 0; done < width; done += step) {
      program.load(step, 1, from, offset + done).store(step, frame, at + done - recordBytes, 1);
    }
  }
  return program
    .load(8, 1, context!, 0)
    .load(8, 1, 1, 0)
    .move(2, frame)
    .add(2, -recordBytes)
    .set(3, recordBytes)
    .call(helpers.sequenceWrite)
    .finish();
}

function readRecord(bytes: Buffer, members: ReadonlyMap<Name, KernelField>): TcpConnection {
  const u32 = (name: Name): number => bytes.readUInt32LE(record[name].at);
  const bits = (name: Name): number => {
    const { shift, size } = members.get(name)?.bits ?? { shift: 0, size: 0 };
    return (bytes.readUInt8(record[name].at) >> shift) & ((1 << size) - 1);
  };
  const clockUs = bytes.readBigUInt64LE(record.clockUs.at);
  const clock = bits("countsUs") === 1 ? clockUs : clockUs / 1_000n;
  const timestamp = Number(BigInt.asUintN(32, clock + BigInt(u32("clockOffset"))));
  return {
    ...readAddresses(bytes),
    localPort: bytes.readUInt16LE(record.localPort.at),
    remotePort: bytes.readUInt16BE(record.remotePort.at),
    sequence: u32("sequence"),
    acknowledgment: u32("acknowledgment"),
    window: Math.min(0xffff, u32("window") >>> bits("windowScale")),
    ...(bits("hasTimestamp") === 1 && { timestamp }),
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
