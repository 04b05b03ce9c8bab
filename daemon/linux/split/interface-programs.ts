import koffi from "koffi";
import { bpf, bpfAttributeBytes, bpfWords, callBpf } from "../bpf.ts";
import { attachments } from "../bpf-load.ts";
import { bpfName } from "../bpf-name.ts";
import { closeDescriptor, SystemCallError } from "../libc.ts";

const programsMax = 64;
const BPF_F_REPLACE = 4;
const ENOENT = 2;
const ENODEV = 19;

export type InterfaceHook = "interfaceIngress" | "interfaceEgress";

/**
 * Attaches a program to what comes in by an interface, or leaves by it, of this thread's network namespace (BPF_PROG_ATTACH,
 * TCX). It stays when this process ends: until it is detached, or the interface is gone. Throws `SystemCallError`.
 */
export function attachToInterface(program: number, index: number, hook: InterfaceHook): void {
  bpf("PROG_ATTACH", bpfWords(index, program, attachments[hook]));
}

/**
 * Attaches a program in the place of one of this name, if there is one: each packet passes the one or the other, none both or
 * neither. Throws `SystemCallError`.
 */
export function replaceOnInterface(name: string, program: number, index: number, hook: InterfaceHook): void {
  const [before, ...others] = programsOn(name, index, hook);
  try {
    if (before === undefined) attachToInterface(program, index, hook);
    else bpf("PROG_ATTACH", bpfWords(index, program, attachments[hook], BPF_F_REPLACE, before));
    for (const other of others) detachFromInterface(other, index, hook);
  } finally {
    for (const fd of before === undefined ? [] : [before, ...others]) closeDescriptor(fd);
  }
}

/** The interface, or the program on it, may be gone by now. Throws `SystemCallError`. */
export function detachFromInterface(program: number, index: number, hook: InterfaceHook): void {
  if (callBpf("PROG_DETACH", bpfWords(index, program, attachments[hook])) >= 0) return;
  const errno = koffi.errno();
  if (errno !== ENOENT && errno !== ENODEV) throw new SystemCallError("bpf(BPF_PROG_DETACH)", errno);
}

/** Descriptors of the programs of this name that are attached to an interface. Throws `SystemCallError`. */
export function programsOn(name: string, index: number, hook: InterfaceHook): number[] {
  const found: number[] = [];
  for (const id of attachedTo(index, hook)) {
    const program = callBpf("PROG_GET_FD_BY_ID", bpfWords(id));
    if (program < 0) continue;
    if (bpfName(program, "program") === name) found.push(program);
    else closeDescriptor(program);
  }
  return found;
}

/** Ids of programs. */
function attachedTo(index: number, hook: InterfaceHook): number[] {
  const whole = Buffer.alloc(bpfAttributeBytes + programsMax * 4);
  whole.writeUInt32LE(index, 0);
  whole.writeUInt32LE(attachments[hook], 4);
  whole.writeBigUInt64LE(koffi.address(whole) + BigInt(bpfAttributeBytes), 16);
  whole.writeUInt32LE(programsMax, 24);
  if (callBpf("PROG_QUERY", whole) < 0) {
    const errno = koffi.errno();
    if (errno === ENOENT || errno === ENODEV) return [];
    throw new SystemCallError("bpf(BPF_PROG_QUERY)", errno);
  }
  const count = whole.readUInt32LE(24);
  return Array.from({ length: count }, (_, at) => whole.readUInt32LE(bpfAttributeBytes + at * 4));
}
