import koffi from "koffi";
import { bpf, bpfAttributeBytes, bpfWords, callBpf } from "./bpf.ts";
import { SystemCallError } from "./libc.ts";

/** Program types (enum bpf_prog_type). */
const types = {
  socketFilter: 1,
  interface: 3,
  cgroupSocket: 9,
  socketOps: 13,
  tracing: 26,
  netfilter: 32,
} as const;
/** What a program is attached to (enum bpf_attach_type). */
export const attachments = {
  socketCreation: 2,
  socketOps: 3,
  tracepoint: 23,
  iterator: 28,
  socketRelease: 34,
  netfilter: 45,
  interfaceIngress: 46,
  interfaceEgress: 47,
} as const;

const triesMax = 32;
const { EAGAIN } = koffi.os.errno;
const AF_INET = 2;
const AF_INET6 = 10;
/** Of what the verifier says, no more than this is told. */
const refusalCharactersMax = 300;
/** In union bpf_attr for BPF_PROG_LOAD. */
const nameAt = 48;
const logBytes = 256 * 1024;
/** Helpers that read kernel memory are offered to programs under this licence alone. */
const licence = Buffer.from("GPL\0");

export type BpfAttachment = keyof typeof attachments;

export interface BpfLoad {
  type: keyof typeof types;
  attachment?: BpfAttachment;
  instructions: Uint8Array;
  /** Of tracing programs: BTF id of the function or the tracepoint they belong to. */
  target?: number;
  /** By which it is found again; up to 15 letters, digits and underscores. */
  name?: string;
}

/**
 * Loads a program and answers its descriptor. Throws `SystemCallError`, whose message ends with what the verifier said
 * last when it was the verifier that refused.
 */
export function loadBpf(load: BpfLoad): number {
  const fd = tryLoad(load);
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

/** The verifier gives up when a signal comes meanwhile, as libbpf knows. */
function tryLoad(load: BpfLoad): number {
  for (let tries = 1; ; tries += 1) {
    const fd = callBpf("PROG_LOAD", attributesOf(load));
    if (fd >= 0 || koffi.errno() !== EAGAIN || tries === triesMax) return fd;
  }
}

// Each of these attaches a program, until the descriptor that it answers is closed, and throws `SystemCallError`.

/** To the tracepoint that the program was loaded for. */
export function attachTracepoint(program: number): number {
  // struct { __u64 name; __u32 prog_fd; }
  return bpf("RAW_TRACEPOINT_OPEN", bpfWords(0, 0, program));
}

/** To the iterator over what the program was loaded for. */
export function attachIterator(program: number): number {
  return bpf("LINK_CREATE", bpfWords(program, 0, attachments.iterator));
}

/** To the sockets of all processes in a cgroup (version 2), given as an open folder, and in those below it. */
export function attachToCgroup(program: number, cgroup: number, attachment: BpfAttachment): number {
  return bpf("LINK_CREATE", bpfWords(program, cgroup, attachments[attachment]));
}

const hooks = { localOut: 3 } as const;

/** To a netfilter hook of this thread's network namespace. */
export function attachToNetfilter(
  program: number,
  { version, hook, priority }: { version: 4 | 6; hook: keyof typeof hooks; priority: number },
): number {
  const family = version === 4 ? AF_INET : AF_INET6;
  return bpf("LINK_CREATE", bpfWords(program, 0, attachments.netfilter, 0, family, hooks[hook], priority));
}

/** union bpf_attr for BPF_PROG_LOAD, and behind it, in memory that lives as long, what it points to. */
function attributesOf(
  { type, attachment, instructions, target, name = "" }: BpfLoad,
  log?: Buffer,
): Uint8Array {
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
  whole.write(name, nameAt, "latin1");
  if (attachment) whole.writeUInt32LE(attachments[attachment], 68);
  whole.writeUInt32LE(target ?? 0, 108);
  return whole;
}
