/** Addresses in memory: 4 or 16 bytes in network order. */

export function isMulticast(address: usize, version: u32): bool {
  const first = load<u8>(address);
  return version == 6 ? first == 0xff : first >= 224;
}

export function isZero(address: usize, version: u32): bool {
  if (version != 6) return load<u32>(address) == 0;
  return (load<u64>(address) | load<u64>(address + 8)) == 0;
}

export function sameAddress(a: usize, b: usize, version: u32): bool {
  if (version != 6) return load<u32>(a) == load<u32>(b);
  return load<u64>(a) == load<u64>(b) && load<u64>(a + 8) == load<u64>(b + 8);
}

/** Reads an address from ASCII text into `target` (16 bytes of room) and answers its version, or 0 when it is none. */
export function parseAddress(text: usize, length: u32, target: usize): u32 {
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(text + i) == 0x3a) return parseIpv6(text, length, target) ? 6 : 0;
  }
  return parseIpv4(text, length, target) ? 4 : 0;
}

function parseIpv4(text: usize, length: u32, target: usize): bool {
  let field: u32 = 0;
  let digits: u32 = 0;
  let value: u32 = 0;
  for (let i: u32 = 0; i <= length; i++) {
    const character = i < length ? load<u8>(text + i) : 0x2e;
    if (character == 0x2e) {
      if (digits == 0 || field > 3) return false;
      store<u8>(target + field++, <u8>value);
      digits = value = 0;
    } else {
      if (character < 0x30 || character > 0x39 || ++digits > 3) return false;
      value = value * 10 + character - 0x30;
      if (value > 255) return false;
    }
  }
  return field == 4;
}

/** RFC 4291 §2.2, without the form that ends in an IPv4 address. */
function parseIpv6(text: usize, length: u32, target: usize): bool {
  memory.fill(target, 0, 16);
  let groups: u32 = 0;
  let gap: i32 = -1;
  let i: u32 = 0;
  if (length >= 2 && load<u16>(text) == 0x3a3a) {
    gap = 0;
    i = 2;
  }
  while (i < length) {
    let value: u32 = 0;
    let digits: u32 = 0;
    while (i < length) {
      const digit = hexDigit(load<u8>(text + i));
      if (digit < 0) break;
      if (++digits > 4) return false;
      value = (value << 4) | digit;
      i++;
    }
    if (digits == 0 || groups == 8) return false;
    store<u16>(target + 2 * groups++, bswap<u16>(<u16>value));
    if (i == length) break;
    if (load<u8>(text + i++) != 0x3a || i == length) return false;
    if (load<u8>(text + i) == 0x3a) {
      if (gap >= 0) return false;
      gap = groups;
      i++;
    }
  }
  if (gap < 0) return groups == 8;
  if (groups > 7) return false;
  const moved: usize = 2 * (groups - gap);
  memory.copy(target + 16 - moved, target + 2 * gap, moved);
  memory.fill(target + 2 * gap, 0, 16 - moved - 2 * gap);
  return true;
}

/** The value of a hexadecimal digit, or -1. */
export function hexDigit(character: u32): i32 {
  if (character >= 0x30 && character <= 0x39) return character - 0x30;
  const lower = character | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
