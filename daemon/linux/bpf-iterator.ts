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
        const linked = kept(attachIterator(loaded));
        return readAll(kept(bpf("ITER_CREATE", bpfWords(linked, 0))));
      },
      { needs: tracingCapabilities },
    );
  } finally {
    for (const fd of descriptors.reverse()) closeDescriptor(fd);
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
