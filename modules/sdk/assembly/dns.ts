/** Names of DNS (RFC 1035 §3.1, §4.1.4) in wire form: labels, each behind its length, and a zero at the end. */
export const nameBytesMax: u32 = 255;
const jumpsMax = 32;

/**
 * Reads the name at `at` of a message, following its compression pointers, into `target` (`nameBytesMax` of room). Answers
 * the address behind the name where it stands, or 0 when it is malformed; `nameLength` is then the name's length.
 */
export function readName(at: usize, message: usize, end: usize, target: usize): usize {
  let after: usize = 0;
  let length: u32 = 0;
  let lowest = at;
  for (let jumps = 0; at < end; ) {
    const label: u32 = load<u8>(at);
    if (label >= 0xc0) {
      if (end - at < 2) return 0;
      if (after == 0) after = at + 2;
      const to = message + (((label & 0x3f) << 8) | <u32>load<u8>(at + 1));
      // Pointers lead backwards only, so that they cannot go round.
      if (to >= lowest || ++jumps > jumpsMax) return 0;
      at = lowest = to;
      continue;
    }
    if (label > 63 || length + label + 1 > nameBytesMax || end - at < <usize>label + 1) return 0;
    memory.copy(target + length, at, label + 1);
    length += label + 1;
    at += label + 1;
    if (label == 0) {
      nameLength = length;
      return after == 0 ? at : after;
    }
  }
  return 0;
}

/** Length of the name that `readName` or `writeName` was last about. */
export let nameLength: u32 = 0;

/** Whether two names are the same, but for upper and lower case of ASCII letters. */
export function sameName(a: usize, aLength: u32, b: usize, bLength: u32): bool {
  if (aLength != bLength) return false;
  for (let i: u32 = 0; i < aLength; i++) if (lower(load<u8>(a + i)) != lower(load<u8>(b + i))) return false;
  return true;
}

/**
 * Writes a name from text ("nas.local", a backslash before a dot that belongs to a label) into `target`; `nameLength` is
 * then its length. False when it is none.
 */
export function writeName(text: usize, length: u32, target: usize): bool {
  let label: u32 = 0;
  let to: u32 = 1;
  for (let i: u32 = 0; i <= length; i++) {
    let character: u32 = i < length ? load<u8>(text + i) : 0x2e;
    if (character == 0x2e) {
      const size = to - label - 1;
      if (size == 0 && i == length && to > 1) break;
      if (size == 0 || size > 63) return false;
      store<u8>(target + label, <u8>size);
      label = to++;
    } else {
      if (character == 0x5c && i + 1 < length) character = load<u8>(text + ++i);
      store<u8>(target + to++, <u8>character);
    }
    if (to >= nameBytesMax) return false;
  }
  store<u8>(target + label, 0);
  nameLength = label + 1;
  return true;
}

function lower(character: u32): u32 {
  return character - 0x41 < 26 ? character | 0x20 : character;
}
