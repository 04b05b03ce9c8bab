import { decryptBlock, encryptBlock, expandKey, scheduleBytes } from "./aes";
import { store32 } from "./bytes";

/**
 * Challenge and response (layer-4.5 §2.3 and §3.3): a challenge is 16 bytes of IV and AES-256-CBC ciphertext; what is in it,
 * with the id of this instance of the module behind it (4 bytes, most significant first), is the response, encrypted alike
 * under another IV. A customization that can be challenged re-exports both functions.
 */
const blockBytes: u32 = 16;
const responseBytesMax: u32 = 4096;
const schedule = memory.data(<i32>scheduleBytes, 16);
const ivSchedule = memory.data(<i32>scheduleBytes, 16);
const chain = memory.data(16, 16);
const plain = memory.data(4112, 16);
const response = memory.data(4100, 16);
let id: u32 = 0;
let initialized: bool = false;
let challenges: u64 = 0;

/** Size, id (u32), key (32 bytes). */
export function sec_initialize(block: usize): void {
  id = load<u32>(block, 4);
  expandKey(block + 8, schedule);
  // IVs are made under a key of their own, which follows from the given one.
  for (let i: usize = 0; i < 2; i++) {
    memory.fill(chain, 0xa5 + <u8>i, blockBytes);
    encryptBlock(schedule, chain, plain + 16 * i);
  }
  expandKey(plain, ivSchedule);
  memory.fill(plain, 0, 32);
  initialized = true;
}

/** The response to a challenge; 0 when that is malformed, or padded wrongly, which means: under another key. */
export function sec_respond(block: usize): usize {
  const size = load<u32>(block);
  if (!initialized || size < 2 * blockBytes || size % blockBytes != 0 || size > responseBytesMax - blockBytes) return 0;
  const length = decrypt(block + 4, size - blockBytes);
  if (length < 0) return 0;
  makeIv(block + 4, size);
  store32(plain + length, id);
  const made = encrypt(<u32>length + 4);
  memory.fill(plain, 0, made);
  store<u32>(response, blockBytes + made);
  return response;
}

/** Decrypts what is behind the IV into `plain` and answers its length without the padding (PKCS #7), or -1. */
function decrypt(iv: usize, size: u32): i32 {
  let before = iv;
  for (let at: u32 = 0; at < size; at += blockBytes) {
    const cipher = iv + blockBytes + at;
    decryptBlock(schedule, cipher, plain + at);
    xorBlock(plain + at, before);
    before = cipher;
  }
  const padding: u32 = load<u8>(plain + size - 1);
  if (padding == 0 || padding > blockBytes) return -1;
  for (let i: u32 = 1; i <= padding; i++) if (load<u8>(plain + size - i) != <u8>padding) return -1;
  return size - padding;
}

/**
 * A guest knows nothing random. Its IV is a code (CBC-MAC) of how many challenges it has answered and the whole of this one:
 * it repeats only when, after a restart, the very same challenge does, and the response would be the same too.
 */
function makeIv(challenge: usize, size: u32): void {
  store<u64>(chain, ++challenges);
  store<u64>(chain, size, 8);
  encryptBlock(ivSchedule, chain, chain);
  for (let at: u32 = 0; at < size; at += blockBytes) {
    xorBlock(chain, challenge + at);
    encryptBlock(ivSchedule, chain, chain);
  }
}

/** Pads and encrypts `plain` behind the IV in `chain`, and answers the ciphertext's length. */
function encrypt(length: u32): u32 {
  const padding = blockBytes - (length % blockBytes);
  memory.fill(plain + length, <u8>padding, padding);
  memory.copy(response + 4, chain, blockBytes);
  for (let at: u32 = 0; at < length + padding; at += blockBytes) {
    xorBlock(chain, plain + at);
    encryptBlock(schedule, chain, chain);
    memory.copy(response + 4 + blockBytes + at, chain, blockBytes);
  }
  return length + padding;
}

// @ts-ignore: decorator
@inline
function xorBlock(target: usize, other: usize): void {
  store<u64>(target, load<u64>(target) ^ load<u64>(other));
  store<u64>(target, load<u64>(target, 8) ^ load<u64>(other, 8), 8);
}
