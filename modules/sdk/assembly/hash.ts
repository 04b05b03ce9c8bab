const start: u32 = 0x811c9dc5;

/** FNV-1a of these bytes, from what it made of those before them: tells what is ours from what is not, and keeps no secrets. */
export function fnv1a(bytes: usize, length: u32, before: u32 = start): u32 {
  let hash = before;
  for (const end = bytes + length; bytes < end; bytes++) hash = (hash ^ load<u8>(bytes)) * 0x01000193;
  return hash;
}
