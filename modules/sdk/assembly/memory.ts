/**
 * Blocks the host fills. In front of each lies room for an answer's header, so that a packet that is changed where it
 * stands becomes an answer without being copied.
 */
const headroom: usize = 16;

export function allocate(length: u32): usize {
  return heap.alloc(<usize>length + headroom) + headroom;
}

export function deallocate(block: usize): void {
  heap.free(block - headroom);
}

/** A message of this SDK's own: room for a size (u32), so many bytes, and an answer's header in front. */
export function newMessage(capacity: u32): usize {
  return allocate(capacity + 4);
}
