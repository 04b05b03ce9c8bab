import { arch } from "node:os";
import { checked, libc } from "./libc.ts";

const systemCall = libc.func("long syscall(long, long, void *, unsigned int)");
/** The bpf system call's number (asm/unistd.h). */
const systemCallNumbers: Record<string, number> = { x64: 321, arm64: 280 };
const systemCallNumber = systemCallNumbers[arch()] ?? -1;

/** Commands of the bpf system call (linux/bpf.h). */
const commands = {
  MAP_CREATE: 0,
  MAP_LOOKUP_ELEM: 1,
  MAP_UPDATE_ELEM: 2,
  MAP_DELETE_ELEM: 3,
  PROG_LOAD: 5,
  PROG_ATTACH: 8,
  PROG_DETACH: 9,
  MAP_GET_NEXT_ID: 12,
  PROG_GET_FD_BY_ID: 13,
  MAP_GET_FD_BY_ID: 14,
  OBJ_GET_INFO_BY_FD: 15,
  PROG_QUERY: 16,
  RAW_TRACEPOINT_OPEN: 17,
  MAP_LOOKUP_AND_DELETE_ELEM: 21,
  LINK_CREATE: 28,
  ITER_CREATE: 33,
} as const;

export type BpfCommand = keyof typeof commands;

/** Bytes of union bpf_attr, as much as this folder uses of it; the kernel takes zeros for what it does not know. */
export const bpfAttributeBytes = 144;

/**
 * The bpf system call. What `attributes` (union bpf_attr) points to must outlive the call; it may lie behind them.
 * Throws `SystemCallError`; needs CAP_BPF of the machine itself, and more by command.
 */
export function bpf(command: BpfCommand, attributes: Uint8Array): number {
  return checked(`bpf(BPF_${command})`, callBpf(command, attributes));
}

/** Like `bpf`, but answers a negative number when the kernel refuses; `koffi.errno()` says why. */
export function callBpf(command: BpfCommand, attributes: Uint8Array): number {
  const bytes = Math.min(attributes.length, bpfAttributeBytes);
  return Number(systemCall(systemCallNumber, commands[command], attributes, bytes));
}

/** Attributes that are 32-bit words one behind the other, and zeros from there on. */
export function bpfWords(...values: readonly number[]): Uint8Array {
  const attributes = new Uint8Array(bpfAttributeBytes);
  new Int32Array(attributes.buffer).set(values);
  return attributes;
}
