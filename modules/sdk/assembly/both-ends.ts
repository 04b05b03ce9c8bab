/** Re-exported by a customization whose writing only its other end can read: an object with one end alone is then refused. */
export function both_ends(): void {
  // That it is there says it; nobody calls it.
}
