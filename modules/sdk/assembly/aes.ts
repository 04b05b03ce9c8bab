import { load32, store32 } from "./bytes";

/**
 * AES-256 (FIPS 197), one block at a time, by tables: the one for the first byte of a column, rotated for the others. As
 * "netloom/aes", so that its tables are only in modules that use it.
 */
const rounds: usize = 14;
const box = memory.data(256, 16);
const inverseBox = memory.data(256, 16);
const table = memory.data(1024, 16);
const inverseTable = memory.data(1024, 16);
/** Round keys of one key: 60 words to encrypt with, then 60 to decrypt with. */
export const scheduleBytes: usize = 480;
let ready = false;

/** Makes the round keys of a key of 32 bytes. */
export function expandKey(key: usize, schedule: usize): void {
  if (!ready) makeTables();
  ready = true;
  let constant: u32 = 1;
  for (let i: usize = 0; i < 60; i++) {
    let word = i < 8 ? load32(key + 4 * i) : load<u32>(schedule + 4 * (i - 1));
    if (i >= 8) {
      if (i % 8 == 0) {
        word = rotl(word, 8);
        word = substituted(box, word, word, word, word) ^ (constant << 24);
        constant <<= 1;
      } else if (i % 8 == 4) word = substituted(box, word, word, word, word);
      word ^= load<u32>(schedule + 4 * (i - 8));
    }
    store<u32>(schedule + 4 * i, word);
  }
  // The equivalent inverse cipher (FIPS 197 §5.3.5): the same keys backwards, the inner ones with their columns unmixed.
  for (let i: usize = 0; i < 60; i++) {
    let word = load<u32>(schedule + 4 * ((rounds - (i >> 2)) * 4 + (i & 3)));
    if (i >= 4 && i < 56) {
      const plain = substituted(box, word, word, word, word);
      word = mixed(inverseTable, plain, plain, plain, plain);
    }
    store<u32>(schedule + 240 + 4 * i, word);
  }
}

export function encryptBlock(schedule: usize, source: usize, target: usize): void {
  crypt(schedule, source, target, table, box, 4, 12);
}

/** Rows are shifted the other way, which is the same with the second column and the fourth in each other's place. */
export function decryptBlock(schedule: usize, source: usize, target: usize): void {
  crypt(schedule + 240, source, target, inverseTable, inverseBox, 12, 4);
}

/** `second` and `fourth` say where these columns of a block stand. */
// @ts-ignore: decorator
@inline
function crypt(keys: usize, source: usize, target: usize, columns: usize, bytes: usize, second: usize, fourth: usize): void {
  let at = keys;
  let a = load32(source) ^ load<u32>(at);
  let b = load32(source + second) ^ load<u32>(at + second);
  let c = load32(source + 8) ^ load<u32>(at, 8);
  let d = load32(source + fourth) ^ load<u32>(at + fourth);
  for (let round: usize = 1; round < rounds; round++) {
    at += 16;
    const e = mixed(columns, a, b, c, d) ^ load<u32>(at);
    const f = mixed(columns, b, c, d, a) ^ load<u32>(at + second);
    const g = mixed(columns, c, d, a, b) ^ load<u32>(at, 8);
    d = mixed(columns, d, a, b, c) ^ load<u32>(at + fourth);
    a = e;
    b = f;
    c = g;
  }
  at += 16;
  store32(target, substituted(bytes, a, b, c, d) ^ load<u32>(at));
  store32(target + second, substituted(bytes, b, c, d, a) ^ load<u32>(at + second));
  store32(target + 8, substituted(bytes, c, d, a, b) ^ load<u32>(at, 8));
  store32(target + fourth, substituted(bytes, d, a, b, c) ^ load<u32>(at + fourth));
}

// @ts-ignore: decorator
@inline
function mixed(from: usize, a: u32, b: u32, c: u32, d: u32): u32 {
  return (
    load<u32>(from + ((a >> 24) << 2)) ^
    rotr(load<u32>(from + (((b >> 16) & 255) << 2)), 8) ^
    rotr(load<u32>(from + (((c >> 8) & 255) << 2)), 16) ^
    rotr(load<u32>(from + ((d & 255) << 2)), 24)
  );
}

// @ts-ignore: decorator
@inline
function substituted(from: usize, a: u32, b: u32, c: u32, d: u32): u32 {
  return (
    (<u32>load<u8>(from + (a >> 24)) << 24) |
    (<u32>load<u8>(from + ((b >> 16) & 255)) << 16) |
    (<u32>load<u8>(from + ((c >> 8) & 255)) << 8) |
    <u32>load<u8>(from + (d & 255))
  );
}

/** The substitution box (FIPS 197 §5.1.1), from powers of 3 and of its inverse 0xf6 in the field. */
function makeTables(): void {
  let p: u32 = 1;
  let q: u32 = 1;
  do {
    p = p ^ double(p);
    q ^= q << 1;
    q ^= q << 2;
    q ^= q << 4;
    q &= 255;
    if (q & 0x80) q ^= 0x09;
    setBox(p, (q ^ rotl<u8>(<u8>q, 1) ^ rotl<u8>(<u8>q, 2) ^ rotl<u8>(<u8>q, 3) ^ rotl<u8>(<u8>q, 4) ^ 0x63) & 255);
  } while (p != 1);
  setBox(0, 0x63);
}

function setBox(index: u32, value: u32): void {
  store<u8>(box + index, <u8>value);
  store<u8>(inverseBox + value, <u8>index);
  const twice = double(value);
  store<u32>(table + (index << 2), (twice << 24) | (value << 16) | (value << 8) | (twice ^ value));
  // Columns unmixed by 14, 9, 13, 11 (FIPS 197 §5.3.3).
  const two = double(index);
  const four = double(two);
  const eight = double(four);
  const column = ((eight ^ four ^ two) << 24) | ((eight ^ index) << 16) | ((eight ^ four ^ index) << 8) | (eight ^ two ^ index);
  store<u32>(inverseTable + (value << 2), column);
}

function double(value: u32): u32 {
  return ((value << 1) ^ (value & 0x80 ? 0x11b : 0)) & 255;
}
