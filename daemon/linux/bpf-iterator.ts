import { arch } from "node:os";
import koffi from "koffi";
import { attempt } from "./attempt.ts";
import { checked, closeDescriptor, libc } from "./libc.ts";

const bpf = libc.func("long syscall(long, long, void *, unsigned int)");
const read = libc.func("long read(int, void *, size_t)");
/** The bpf system call's number (asm/unistd.h). */
const bpfNumbers: Record<string, number> = { x64: 321, arm64: 280 };
const PROG_LOAD = 5;
const LINK_CREATE = 28;
const ITER_CREATE = 33;
const TYPE_TRACING = 26;
const ATTACH_ITER = 28;
const attributeBytes = 144;
const readBytes = 64 * 1024;
const outputBytesMax = 64 * 1024 * 1024;

export interface IteratorProgram {
  instructions: Uint8Array;
  /** BTF id of the function that stands for what is iterated over. */
  target: number;
}

/**
 * Runs a BPF program once for each thing of a kind that the kernel has, in this thread's network namespace, and returns
 * what it wrote (kernel: Documentation/bpf/bpf_iterators.rst). Needs CAP_BPF and CAP_PERFMON of the machine itself.
 * @param what what is tried, as in `attempt`
 */
export function runIterator(what: string, program: IteratorProgram): Buffer {
  const descriptors: number[] = [];
  const open = (call: string, command: number, attributes: Uint8Array): number => {
    const fd = checked(call, Number(bpf(bpfNumbers[arch()] ?? -1, command, attributes, attributeBytes)));
    descriptors.push(fd);
    return fd;
  };
  try {
    return attempt(what, () => {
      const loaded = open("bpf(BPF_PROG_LOAD)", PROG_LOAD, loadAttributes(program));
      const linked = open("bpf(BPF_LINK_CREATE)", LINK_CREATE, words([loaded, 0, ATTACH_ITER]));
      return readAll(open("bpf(BPF_ITER_CREATE)", ITER_CREATE, words([linked, 0])));
    });
  } finally {
    for (const fd of descriptors.reverse()) closeDescriptor(fd);
  }
}

/**
 * union bpf_attr for BPF_PROG_LOAD, and behind it, in memory that lives as long, what it points to: the instructions, and
 * the licence under which alone the helpers are offered that such programs call.
 */
function loadAttributes({ instructions, target }: IteratorProgram): Uint8Array {
  const licenceAt = attributeBytes + instructions.length;
  const whole = Buffer.concat([new Uint8Array(attributeBytes), instructions, Buffer.from("GPL\0")]);
  const address = koffi.address(whole);
  whole.writeUInt32LE(TYPE_TRACING, 0);
  whole.writeUInt32LE(instructions.length / 8, 4);
  whole.writeBigUInt64LE(address + BigInt(attributeBytes), 8);
  whole.writeBigUInt64LE(address + BigInt(licenceAt), 16);
  whole.writeUInt32LE(ATTACH_ITER, 68);
  whole.writeUInt32LE(target, 108);
  return whole;
}

function words(values: readonly number[]): Uint8Array {
  const attributes = new Uint8Array(attributeBytes);
  new Uint32Array(attributes.buffer).set(values);
  return attributes;
}

function readAll(fd: number): Buffer {
  const pieces: Buffer[] = [];
  for (let bytes = 0; bytes < outputBytesMax; ) {
    const piece = Buffer.alloc(readBytes);
    const length = checked("read", Number(read(fd, piece, readBytes)));
    if (length === 0) break;
    pieces.push(piece.subarray(0, length));
    bytes += length;
  }
  return Buffer.concat(pieces);
}
