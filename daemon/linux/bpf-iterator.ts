import { attempt, tracingCapabilities } from "./attempt.ts";
import { bpf, bpfWords } from "./bpf.ts";
import { attachIterator, loadBpf } from "./bpf-load.ts";
import { checked, closeDescriptor, libc } from "./libc.ts";

const read = libc.func("long read(int, void *, size_t)");
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
  const kept = (fd: number): number => {
    descriptors.push(fd);
    return fd;
  };
  try {
    return attempt(
      what,
      () => {
        const loaded = kept(loadBpf({ type: "tracing", attachment: "iterator", ...program }));
        return readIterator(kept(attachIterator(loaded)));
      },
      { needs: tracingCapabilities },
    );
  } finally {
    for (const fd of descriptors.reverse()) closeDescriptor(fd);
  }
}

/** What the program of an iterator (given by its link) writes now, for each thing that it is run for. Throws `SystemCallError`. */
export function readIterator(link: number): Buffer {
  const fd = bpf("ITER_CREATE", bpfWords(link, 0));
  try {
    return readAll(fd);
  } finally {
    closeDescriptor(fd);
  }
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
