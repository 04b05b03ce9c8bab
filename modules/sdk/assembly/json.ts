import { hexDigit, parseAddress } from "./address";
import { isText } from "./bytes";

const depthMax = 32;

/**
 * A value in JSON text that the host wrote, read where it stands. A value that is not there is a `Json` too, whose
 * `exists` is false, so that `config.get("a").get("b").integer(5)` needs no questions in between.
 */
export class Json {
  private constructor(
    private start: usize,
    private limit: usize,
  ) {}

  static parse(text: usize, length: u32): Json {
    return new Json(text, text + length);
  }

  get exists(): bool {
    return this.start < this.limit;
  }

  get isText(): bool {
    return this.kind == 0x22;
  }

  get isList(): bool {
    return this.kind == 0x5b;
  }

  get isObject(): bool {
    return this.kind == 0x7b;
  }

  get isTrue(): bool {
    return this.kind == 0x74;
  }

  get isNumber(): bool {
    return this.kind == 0x2d || this.kind - 0x30 < 10;
  }

  /** Members of a list. */
  get length(): u32 {
    let count: u32 = 0;
    for (let item = this.first(); item.exists; item = item.next()) count++;
    return count;
  }

  /** The member of an object by its name (ASCII, nothing to escape). */
  get(name: string): Json {
    if (!this.isObject) return this.missing();
    let at = this.start + 1;
    while (at < this.limit && load<u8>(at) == 0x22) {
      const value = this.end(at) + 1;
      if (isText(at + 1, value - 2, name)) return new Json(value, this.limit);
      at = this.end(value);
      if (at >= this.limit || load<u8>(at) != 0x2c) break;
      at++;
    }
    return this.missing();
  }

  /** The first member of a list. */
  first(): Json {
    if (!this.isList || this.limit - this.start < 2 || load<u8>(this.start + 1) == 0x5d) return this.missing();
    return new Json(this.start + 1, this.limit);
  }

  /** The member of the list behind this one. */
  next(): Json {
    const end = this.end(this.start);
    return end < this.limit && load<u8>(end) == 0x2c ? new Json(end + 1, this.limit) : this.missing();
  }

  /** A whole number, or what to take when it is not there, not a number, or has a fraction. */
  integer(otherwise: i64): i64 {
    if (!this.isNumber) return otherwise;
    const negative = load<u8>(this.start) == 0x2d;
    let value: i64 = 0;
    let at = this.start + (negative ? 1 : 0);
    for (let digits = 0; at < this.limit && <u32>load<u8>(at) - 0x30 < 10; at++) {
      if (++digits > 18) return otherwise;
      value = value * 10 + load<u8>(at) - 0x30;
    }
    const stop = at < this.limit ? load<u8>(at) : 0;
    if (stop == 0x2e || stop == 0x65 || stop == 0x45) return otherwise;
    return negative ? -value : value;
  }

  /** The text as it stands between its quotes: right for whatever needs no escapes (addresses, names of hosts). */
  get textStart(): usize {
    return this.start + 1;
  }

  get textLength(): u32 {
    return this.isText ? <u32>(this.end(this.start) - this.start - 2) : 0;
  }

  /** Whether it is this text (ASCII, nothing to escape). */
  is(text: string): bool {
    return this.isText && isText(this.start + 1, this.start + 1 + this.textLength, text);
  }

  /** Writes the text with its escapes undone, as UTF-8, and answers its length: never more than `textLength`. */
  copyText(target: usize): u32 {
    const end = this.textStart + this.textLength;
    let to = target;
    for (let at = this.textStart; at < end; at++) {
      const character = load<u8>(at);
      if (character != 0x5c || at + 1 >= end) {
        store<u8>(to++, character);
        continue;
      }
      const escape = load<u8>(++at);
      if (escape == 0x75 && at + 4 < end) {
        to = storeUtf8(to, readHex4(at + 1));
        at += 4;
      } else store<u8>(to++, unescape(escape));
    }
    return <u32>(to - target);
  }

  /** Bytes written as hexadecimal text, or -1 when it is not that. `target` has half of `textLength` room. */
  copyHex(target: usize): i32 {
    const length = this.textLength;
    if (!this.isText || (length & 1) != 0) return -1;
    for (let i: u32 = 0; i < length; i += 2) {
      const high = hexDigit(load<u8>(this.textStart + i));
      const low = hexDigit(load<u8>(this.textStart + i + 1));
      if (high < 0 || low < 0) return -1;
      store<u8>(target + (i >> 1), <u8>((high << 4) | low));
    }
    return <i32>(length >> 1);
  }

  /** Writes an address (`target` has 16 bytes of room) and answers its version, or 0 when the text is none. */
  copyAddress(target: usize): u32 {
    return this.isText ? parseAddress(this.textStart, this.textLength, target) : 0;
  }

  /** Writes the six bytes of "02:00:00:00:00:05"; false when the text is no MAC address. */
  copyMac(target: usize): bool {
    if (!this.isText || this.textLength != 17) return false;
    for (let i: usize = 0; i < 6; i++) {
      const at = this.textStart + 3 * i;
      const high = hexDigit(load<u8>(at));
      const low = hexDigit(load<u8>(at + 1));
      if (high < 0 || low < 0 || (i < 5 && load<u8>(at + 2) != 0x3a)) return false;
      store<u8>(target + i, <u8>((high << 4) | low));
    }
    return true;
  }

  private get kind(): u32 {
    return this.exists ? load<u8>(this.start) : 0;
  }

  private missing(): Json {
    return new Json(this.limit, this.limit);
  }

  /** The address behind the value that starts at `at`. The host writes no spaces between values. */
  private end(at: usize): usize {
    let depth = 0;
    while (at < this.limit) {
      const character = load<u8>(at++);
      if (character == 0x22) {
        while (at < this.limit && load<u8>(at) != 0x22) at += load<u8>(at) == 0x5c ? 2 : 1;
        at++;
      } else if (character == 0x5b || character == 0x7b) {
        if (++depth > depthMax) return this.limit;
      } else if (character == 0x5d || character == 0x7d) depth--;
      if (depth > 0) continue;
      const next = at < this.limit ? load<u8>(at) : 0x2c;
      if (next == 0x2c || next == 0x5d || next == 0x7d || next == 0x3a) return min(at, this.limit);
    }
    return this.limit;
  }
}

function unescape(escape: u8): u8 {
  switch (escape) {
    case 0x62:
      return 8;
    case 0x66:
      return 12;
    case 0x6e:
      return 10;
    case 0x72:
      return 13;
    case 0x74:
      return 9;
    default:
      return escape;
  }
}

function readHex4(at: usize): u32 {
  let value: u32 = 0;
  for (let i: usize = 0; i < 4; i++) value = (value << 4) | (<u32>hexDigit(load<u8>(at + i)) & 15);
  return value;
}

function storeUtf8(to: usize, code: u32): usize {
  if (code < 0x80) {
    store<u8>(to, <u8>code);
    return to + 1;
  }
  if (code < 0x800) {
    store<u8>(to, <u8>(0xc0 | (code >> 6)));
    store<u8>(to + 1, <u8>(0x80 | (code & 63)));
    return to + 2;
  }
  store<u8>(to, <u8>(0xe0 | (code >> 12)));
  store<u8>(to + 1, <u8>(0x80 | ((code >> 6) & 63)));
  store<u8>(to + 2, <u8>(0x80 | (code & 63)));
  return to + 3;
}
