import koffi from "koffi";
import { bpf, bpfAttributeBytes, bpfWords, callBpf } from "./bpf.ts";
import { SystemCallError } from "./libc.ts";

/** Program types (enum bpf_prog_type). */
const types = { socketFilter: 1, tracing: 26, socketMessage: 16, socketBuffer: 14, socketOps: 13 } as const;
/** What a program is attached to (enum bpf_attach_type). */
const attachments = {
  ingress: 0,
  socketOps: 3,
  streamVerdict: 5,
  messageVerdict: 7,
  entry: 24,
  exit: 25,
  iterator: 28,
  socketBufferVerdict: 38,
} as const;

/** Of what the verifier says, no more than this is told. */
const refusalCharactersMax = 300;
const logBytes = 256 * 1024;
/** Helpers that read kernel memory are offered to programs under this licence alone. */
const licence = Buffer.from("GPL\0");

export interface BpfLoad {
  type: keyof typeof types;
  attachment?: keyof typeof attachments;
  instructions: Uint8Array;
  /** Of tracing programs: BTF id of the kernel function they belong to. */
  target?: number;
}

/**
 * Loads a program and answers its descriptor. Throws `SystemCallError`, whose message ends with what the verifier said
 * last when it was the verifier that refused.
 */
export function loadBpf(load: BpfLoad): number {
  const fd = callBpf("PROG_LOAD", attributesOf(load));
  if (fd >= 0) return fd;
  const errno = koffi.errno();
  const log = Buffer.alloc(logBytes);
  const explained = callBpf("PROG_LOAD", attributesOf(load, log));
  if (explained >= 0) return explained;
  const lines = log.toString("latin1", 0, log.indexOf(0)).trim().split("\n");
  const said = lines.findLast((line) => line !== "" && !line.startsWith("processed ")) ?? "";
  const call = `bpf(BPF_PROG_LOAD)${said && ` (${said.slice(0, refusalCharactersMax)})`}`;
  throw new SystemCallError(call, errno);
}

/** Attaches a tracing program to its function, until the descriptor that it answers is closed. Throws `SystemCallError`. */
export function attachTracing(program: number): number {
  // struct { __u64 name; __u32 prog_fd; }: a tracing program names its function itself.
  return bpf("RAW_TRACEPOINT_OPEN", bpfWords(0, 0, program));
}

/** union bpf_attr for BPF_PROG_LOAD, and behind it, in memory that lives as long, what it points to. */
function attributesOf({ type, attachment, instructions, target }: BpfLoad, log?: Buffer): Uint8Array {
  const whole = Buffer.alloc(bpfAttributeBytes + instructions.length + licence.length);
  whole.set(instructions, bpfAttributeBytes);
  whole.set(licence, bpfAttributeBytes + instructions.length);
  const address = koffi.address(whole) + BigInt(bpfAttributeBytes);
  whole.writeUInt32LE(types[type], 0);
  whole.writeUInt32LE(instructions.length / 8, 4);
  whole.writeBigUInt64LE(address, 8);
  whole.writeBigUInt64LE(address + BigInt(instructions.length), 16);
  if (log) {
    whole.writeUInt32LE(1, 24);
    whole.writeUInt32LE(log.length, 28);
    whole.writeBigUInt64LE(koffi.address(log), 32);
  }
  if (attachment) whole.writeUInt32LE(attachments[attachment], 68);
  whole.writeUInt32LE(target ?? 0, 108);
  return whole;
}
