import { checked, closeDescriptor, libc } from "./libc.ts";

const munmap = libc.func("int munmap(uintptr_t, size_t)");

/** Something of the kernel's that a thread held and that outlives the thread. */
export type Holding =
  | { kind: "descriptor"; fd: number }
  | { kind: "mapping"; address: bigint; bytes: number };

/**
 * Gives back what an ended thread held. A mapping of a packet ring keeps its socket alive, so mappings go first.
 * Nothing may read the mapped memory any more.
 */
export function reclaim(holdings: readonly Holding[]): void {
  for (const holding of holdings) {
    if (holding.kind === "mapping") checked("munmap", munmap(holding.address, holding.bytes) as number);
  }
  for (const holding of holdings) {
    if (holding.kind === "descriptor") closeDescriptor(holding.fd);
  }
}
