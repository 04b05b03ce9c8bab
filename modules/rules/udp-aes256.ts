/**
 * Encrypts a datagram's payload with AES-256 (FIPS 197) in counter mode, from counter 0, and sends it back
 * (sloth-sleep-proxy §4.7.6). Layer UDP. Config: {"key": "64 hexadecimal digits"}; without it, a fixed key. A measure of
 * work, not a service: counter mode with a counter that starts anew for each packet keeps no secrets.
 */
import { accepted, ignore, packet, readConfig, refuse, respond, store32 } from "netloom";
import { encryptBlock, expandKey, scheduleBytes } from "netloom/aes";

export { allocate, deallocate } from "netloom";

const key = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
]);
const schedule = memory.data(<i32>scheduleBytes, 16);
/** A nonce of zeros and the number of the block. */
const counterBlock = memory.data(16, 16);
const keystream = memory.data(16, 16);

export function configure(text: usize, length: u32, flags: u32): usize {
  const given = readConfig(text, length, flags).get("key");
  if (given.exists && (given.textLength != 64 || given.copyHex(key) != 32)) return refuse('"key" should be 64 hexadecimal digits');
  return accepted();
}

export function initialize(): void {
  expandKey(key, schedule);
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
  store32(counterBlock + 12, counter);
  encryptBlock(schedule, counterBlock, keystream);
}
