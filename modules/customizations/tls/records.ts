import { load16 } from "netloom";

/** Records of TLS (RFC 8446 §5.1): type, version and length of what follows. */
export const recordHeaderBytes: u32 = 5;
export const CHANGE_CIPHER_SPEC: u8 = 20;
export const HANDSHAKE: u8 = 22;
export const APPLICATION_DATA: u8 = 23;
const HEARTBEAT: u8 = 24;
/** Of ciphertext (RFC 5246 §6.2.3, the larger), and the tag that we put in front of it. */
const bodyBytesMax: u32 = 16_384 + 2048 + 32;
const unknown: u32 = 0xffff_ffff;

/** Whether a record's header stands here, of which all five bytes are there. */
export function isRecord(at: usize): bool {
  const type = load<u8>(at);
  if (type < CHANGE_CIPHER_SPEC || type > HEARTBEAT || load<u8>(at, 1) != 3 || load<u8>(at, 2) > 4) return false;
  return bodyLength(at) <= bodyBytesMax;
}

export function bodyLength(at: usize): u32 {
  return load16(at + 3);
}

/**
 * One direction of a connection, in eight bytes of a flow's state: where the next record begins, and what went by. It is lost
 * when a stream was attached in the middle of a record, and found again at a message that begins like a record.
 */
export namespace Walk {
  const leftAt: usize = 0;
  const seenAt: usize = 4;

  /** What a direction has seen: the change of ciphers, a handshake record behind that (TLS 1.2), and so on. */
  export const CIPHERS_CHANGED: u32 = 1;
  export const FINISHED_PLAINLY: u32 = 2;
  export const HANDSHAKEN: u32 = 4;
  export const DATA: u32 = 8;
  export const FINISHED: u32 = 16;
  export const EARLY: u32 = 32;
  export const DATA_IN_TURN: u32 = 64;

  export function lose(walk: usize): void {
    store<u32>(walk, unknown, leftAt);
  }

  export function isLost(walk: usize): bool {
    return load<u32>(walk, leftAt) == unknown;
  }

  export function left(walk: usize): u32 {
    return load<u32>(walk, leftAt);
  }

  export function setLeft(walk: usize, bytes: u32): void {
    store<u32>(walk, bytes, leftAt);
  }

  export function has(walk: usize, what: u32): bool {
    return (load<u32>(walk, seenAt) & what) != 0;
  }

  export function note(walk: usize, what: u32): void {
    store<u32>(walk, load<u32>(walk, seenAt) | what, seenAt);
  }

  /** A record begins, before `end`: what that says of the handshake, given what came the other way. */
  export function noteRecord(walk: usize, other: usize, record: usize, end: usize): void {
    const type = load<u8>(record);
    if (type == CHANGE_CIPHER_SPEC) note(walk, CIPHERS_CHANGED);
    if (type == HANDSHAKE) note(walk, has(walk, CIPHERS_CHANGED) && !isHello(record, end) ? FINISHED_PLAINLY : HANDSHAKEN);
    if (type == APPLICATION_DATA) noteData(walk, other, bodyLength(record));
  }

  /** A hello in plain, as after a HelloRetryRequest; one whose first byte has not come is taken for one. */
  function isHello(record: usize, end: usize): bool {
    if (end - record <= recordHeaderBytes) return true;
    const message = load<u8>(record + recordHeaderBytes);
    return message == 1 || message == 2;
  }

  export function noteData(walk: usize, other: usize, length: u32): void {
    // Data before the peer has spoken is 0-RTT: what follows it is not told apart from the handshake.
    if (!has(other, HANDSHAKEN)) note(walk, EARLY);
    // A record that holds nothing but a Finished has one of two lengths, by the hash in use.
    if (length == 53 || length == 69) note(walk, FINISHED);
    if (has(other, DATA)) note(walk, DATA_IN_TURN);
    note(walk, DATA);
  }
}
