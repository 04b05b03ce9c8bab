/** Integers in network byte order; WebAssembly's own are little-endian. */

// @ts-ignore: decorator
@inline
export function load16(at: usize): u32 {
  return bswap<u16>(load<u16>(at));
}

// @ts-ignore: decorator
@inline
export function load32(at: usize): u32 {
  return bswap<u32>(load<u32>(at));
}

// @ts-ignore: decorator
@inline
export function store16(at: usize, value: u32): void {
  store<u16>(at, bswap<u16>(<u16>value));
}

// @ts-ignore: decorator
@inline
export function store32(at: usize, value: u32): void {
  store<u32>(at, bswap<u32>(value));
}

/** Bytes of an address of this IP version. */
// @ts-ignore: decorator
@inline
export function bytesOfNetwork(version: u32): usize {
  return version == 6 ? 16 : 4;
}

/** Whether the bytes from `start` to before `end` are this ASCII text. */
export function isText(start: usize, end: usize, text: string): bool {
  if (end - start != <usize>text.length) return false;
  for (let i = 0; i < text.length; i++) {
    if (load<u8>(start + i) != <u8>text.charCodeAt(i)) return false;
  }
  return true;
}
