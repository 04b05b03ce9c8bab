import { parseAddress } from "./address";
import { Json } from "./json";

const entryBytes: usize = 24;

/** A list of address prefixes: "10.0.0.0/8", "fd00::/8", or single addresses. */
export class Prefixes {
  private entries: usize = 0;
  private count: u32 = 0;

  /** Reads a JSON list of texts; null when it is something else, or an entry is no prefix. */
  static read(list: Json): Prefixes | null {
    if (!list.isList) return null;
    const made = new Prefixes();
    made.entries = heap.alloc(<usize>list.length * entryBytes + 1);
    for (let item = list.first(); item.exists; item = item.next()) {
      const entry = made.entries + <usize>made.count * entryBytes;
      if (!item.isText || !readPrefix(item.textStart, item.textLength, entry)) return null;
      made.count++;
    }
    return made;
  }

  has(address: usize, version: u32): bool {
    for (let i: u32 = 0; i < this.count; i++) {
      const entry = this.entries + <usize>i * entryBytes;
      if (load<u32>(entry, 16) == version && startsWith(address, entry, load<u32>(entry, 20))) return true;
    }
    return false;
  }
}

/** Writes address (16 bytes), version and bits (u32 each); false when the text is no prefix. */
function readPrefix(text: usize, length: u32, entry: usize): bool {
  let slash = length;
  for (let i: u32 = 0; i < length; i++) if (load<u8>(text + i) == 0x2f) slash = i;
  const version = parseAddress(text, slash, entry);
  if (version == 0) return false;
  const most: u32 = version == 6 ? 128 : 32;
  let bits = most;
  if (slash < length) {
    const digits = length - slash - 1;
    if (digits == 0 || digits > 3) return false;
    bits = 0;
    for (let i = slash + 1; i < length; i++) {
      const digit = <u32>load<u8>(text + i) - 0x30;
      if (digit > 9) return false;
      bits = bits * 10 + digit;
    }
  }
  store<u32>(entry, version, 16);
  store<u32>(entry, bits, 20);
  return bits <= most;
}

function startsWith(address: usize, prefix: usize, bits: u32): bool {
  const whole: usize = bits >> 3;
  for (let i: usize = 0; i < whole; i++) if (load<u8>(address + i) != load<u8>(prefix + i)) return false;
  const rest = bits & 7;
  if (rest == 0) return true;
  return ((load<u8>(address + whole) ^ load<u8>(prefix + whole)) >> (8 - rest)) == 0;
}
