/**
 * Encrypts a datagram's payload with AES-256 (FIPS 197) in counter mode, from counter 0, and sends it back
 * (sloth-sleep-proxy §4.7.6). Layer UDP. Config: {"key": "64 hexadecimal digits"}; without it, a fixed key. A measure of
 * work, not a service: counter mode with a counter that starts anew for each packet keeps no secrets.
 */
import { accepted, ignore, load32, packet, readConfig, refuse, respond, store32 } from "netloom";

export { allocate, deallocate } from "netloom";

const rounds: usize = 14;
const key = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
]);
const roundKeys = memory.data(240, 16);
const box = memory.data(256, 16);
/** Substitution and column mixing in one, for the first byte of a column; the other bytes' are rotations of it. */
const table = memory.data(1024, 16);
const keystream = memory.data(16, 16);

export function configure(text: usize, length: u32, flags: u32): usize {
  const given = readConfig(text, length, flags).get("key");
  if (given.exists && (given.textLength != 64 || given.copyHex(key) != 32)) return refuse('"key" should be 64 hexadecimal digits');
  return accepted();
}

export function initialize(): void {
  makeTables();
  expandKey();
}

export function process_packet(message: usize): usize {
  if (!packet.read(message) || !packet.isUdp || !packet.turnAround()) return ignore();
  encrypt(packet.payload, packet.end);
  packet.renewChecksum();
  return respond(packet.message);
}

function encrypt(start: usize, end: usize): void {
  let counter: u32 = 0;
  let at = start;
  for (; end - at >= 16; at += 16) {
    encryptCounter(counter++);
    store<u64>(at, load<u64>(at) ^ load<u64>(keystream));
    store<u64>(at, load<u64>(at, 8) ^ load<u64>(keystream, 8), 8);
  }
  if (at == end) return;
  encryptCounter(counter);
  for (let i: usize = 0; at + i < end; i++) store<u8>(at + i, load<u8>(at + i) ^ load<u8>(keystream + i));
}

function encryptCounter(counter: u32): void {
  let a = load<u32>(roundKeys);
  let b = load<u32>(roundKeys, 4);
  let c = load<u32>(roundKeys, 8);
  let d = counter ^ load<u32>(roundKeys, 12);
  let at = roundKeys + 16;
  for (let round: usize = 1; round < rounds; round++) {
    const e = mixed(a, b, c, d) ^ load<u32>(at);
    const f = mixed(b, c, d, a) ^ load<u32>(at, 4);
    const g = mixed(c, d, a, b) ^ load<u32>(at, 8);
    d = mixed(d, a, b, c) ^ load<u32>(at, 12);
    a = e;
    b = f;
    c = g;
    at += 16;
  }
  store32(keystream, substituted(a, b, c, d) ^ load<u32>(at));
  store32(keystream + 4, substituted(b, c, d, a) ^ load<u32>(at, 4));
  store32(keystream + 8, substituted(c, d, a, b) ^ load<u32>(at, 8));
  store32(keystream + 12, substituted(d, a, b, c) ^ load<u32>(at, 12));
}

// @ts-ignore: decorator
@inline
function mixed(a: u32, b: u32, c: u32, d: u32): u32 {
  return (
    load<u32>(table + ((a >> 24) << 2)) ^
    rotr(load<u32>(table + (((b >> 16) & 255) << 2)), 8) ^
    rotr(load<u32>(table + (((c >> 8) & 255) << 2)), 16) ^
    rotr(load<u32>(table + ((d & 255) << 2)), 24)
  );
}

// @ts-ignore: decorator
@inline
function substituted(a: u32, b: u32, c: u32, d: u32): u32 {
  return (
    (<u32>load<u8>(box + (a >> 24)) << 24) |
    (<u32>load<u8>(box + ((b >> 16) & 255)) << 16) |
    (<u32>load<u8>(box + ((c >> 8) & 255)) << 8) |
    <u32>load<u8>(box + (d & 255))
  );
}

/** Words of the key schedule (FIPS 197 §5.2), most significant byte first. */
function expandKey(): void {
  let constant: u32 = 1;
  for (let i: usize = 0; i < 60; i++) {
    let word = i < 8 ? load32(key + 4 * i) : load<u32>(roundKeys + 4 * (i - 1));
    if (i >= 8) {
      if (i % 8 == 0) {
        word = rotl(word, 8);
        word = substituted(word, word, word, word) ^ (constant << 24);
        constant <<= 1;
      } else if (i % 8 == 4) word = substituted(word, word, word, word);
      word ^= load<u32>(roundKeys + 4 * (i - 8));
    }
    store<u32>(roundKeys + 4 * i, word);
  }
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
  const twice = double(value);
  store<u32>(table + (index << 2), (twice << 24) | (value << 16) | (value << 8) | (twice ^ value));
}

function double(value: u32): u32 {
  return ((value << 1) ^ (value & 0x80 ? 0x11b : 0)) & 255;
}
