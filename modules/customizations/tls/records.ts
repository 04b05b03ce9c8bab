import { load16 } from "netloom";

/** Records of TLS (RFC 8446 §5.1): type, version and length of what follows. */
export const recordHeaderBytes: u32 = 5;
export const CHANGE_CIPHER_SPEC: u8 = 20;
export const HANDSHAKE: u8 = 22;
export const APPLICATION_DATA: u8 = 23;
const HEARTBEAT: u8 = 24;
/** Of ciphertext (RFC 5246 §6.2.3, the larger), and the tag that we put in front of it. */
export const bodyBytesMax: u32 = 16_384 + 2048 + 32;
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

/** What a handshake message's beginning says: kind, length (3 bytes), and of a hello its version (RFC 8446 §4.1.2). */
const peekBytes: u32 = 6;
const messageHeaderBytes: u32 = 4;
/** No encrypted Finished is shorter than what is left of it in plain: header and verify_data (RFC 5246 §7.4.9). */
const finishedBytesMin: u32 = 16;

/**
 * One direction of a connection, in `Walk.bytes` of a flow's state: where the next record begins, and what went by. It takes the stream
 * in pieces that are cut anywhere. It is lost when a stream was attached in the middle of a record, and found again at a message
 * that begins like a record.
 */
export namespace Walk {
  export const bytes: usize = 28;
  /** Bytes of the record's body still to come; of a hello that goes on in the next record; what has come of header and body's beginning. */
  const leftAt: usize = 0;
  const seenAt: usize = 4;
  const helloLeftAt: usize = 8;
  const headCountAt: usize = 12;
  const peekCountAt: usize = 13;
  const headAt: usize = 14;
  const peekAt: usize = 19;

  /** What a direction has seen: the change of ciphers, a handshake record behind that (TLS 1.2), and so on. */
  export const CIPHERS_CHANGED: u32 = 1;
  export const FINISHED_PLAINLY: u32 = 2;
  export const HANDSHAKEN: u32 = 4;
  export const DATA: u32 = 8;
  export const FINISHED: u32 = 16;
  export const EARLY: u32 = 32;
  export const DATA_IN_TURN: u32 = 64;
  /** The last record of data was tagged. */
  export const DIALECT: u32 = 128;

  export function lose(walk: usize): void {
    store<u32>(walk, unknown, leftAt);
    forget(walk, DIALECT);
  }

  export function isLost(walk: usize): bool {
    return load<u32>(walk, leftAt) == unknown;
  }

  /** A record is here, of which so many bytes of data are still to come; none: the next begins. */
  export function enterData(walk: usize, left: u32): void {
    store<u32>(walk, left, leftAt);
    store<u32>(walk, 0, helloLeftAt);
    store<u8>(walk, left > 0 ? <u8>recordHeaderBytes : 0, headCountAt);
    if (left > 0) store<u8>(walk, APPLICATION_DATA, headAt);
  }

  export function isAtRecord(walk: usize): bool {
    return !isLost(walk) && load<u8>(walk, headCountAt) == 0;
  }

  /** Where the next record begins, given what is at `at`; 0 when that cannot be said. */
  export function nextRecord(walk: usize, at: usize): usize {
    const count = load<u8>(walk, headCountAt);
    if (isLost(walk) || (count > 0 && count < recordHeaderBytes)) return 0;
    return at + load<u32>(walk, leftAt);
  }

  /** Whether anything is known to be TLS. */
  export function hasSeen(walk: usize): bool {
    return load<u32>(walk, seenAt) != 0;
  }

  export function has(walk: usize, what: u32): bool {
    return (load<u32>(walk, seenAt) & what) != 0;
  }

  export function note(walk: usize, what: u32): void {
    store<u32>(walk, load<u32>(walk, seenAt) | what, seenAt);
  }

  function forget(walk: usize, what: u32): void {
    store<u32>(walk, load<u32>(walk, seenAt) & ~what, seenAt);
  }

  /** All of these bytes go by. */
  export function follow(walk: usize, other: usize, from: usize, to: usize): void {
    for (let at = from; at < to && !isLost(walk); ) at = step(walk, other, at, to);
  }

  /** Some go by, no further than to the end of a record: answers where the rest begins. */
  export function step(walk: usize, other: usize, from: usize, to: usize): usize {
    if (load<u8>(walk, headCountAt) < recordHeaderBytes) return stepHeader(walk, other, from, to);
    const left = load<u32>(walk, leftAt);
    const length = min<u32>(left, <u32>(to - from));
    if (isFinishedAwaited(walk)) peek(walk, from, length);
    store<u32>(walk, left - length, leftAt);
    if (left == length) store<u8>(walk, 0, headCountAt);
    return from + length;
  }

  function stepHeader(walk: usize, other: usize, from: usize, to: usize): usize {
    const count = load<u8>(walk, headCountAt);
    const length = min<u32>(recordHeaderBytes - count, <u32>(to - from));
    const head = walk + headAt;
    memory.copy(head + count, from, length);
    store<u8>(walk, <u8>(count + length), headCountAt);
    if (count + length < recordHeaderBytes) return from + length;
    if (!isRecord(head)) {
      lose(walk);
      return to;
    }
    noteRecord(walk, other, head);
    return from + length;
  }

  /** A record begins: what that says of the handshake, given what came the other way. */
  function noteRecord(walk: usize, other: usize, head: usize): void {
    const type = load<u8>(head);
    const length = bodyLength(head);
    store<u32>(walk, length, leftAt);
    store<u8>(walk, 0, peekCountAt);
    if (length == 0) store<u8>(walk, 0, headCountAt);
    if (type == CHANGE_CIPHER_SPEC) note(walk, CIPHERS_CHANGED);
    if (type == HANDSHAKE) {
      note(walk, HANDSHAKEN);
      const helloLeft = load<u32>(walk, helloLeftAt);
      // What goes on with a hello says nothing of its own.
      if (helloLeft > 0) store<u8>(walk, <u8>peekBytes, peekCountAt);
      store<u32>(walk, helloLeft > length ? helloLeft - length : 0, helloLeftAt);
    }
    if (type == APPLICATION_DATA) {
      noteData(walk, other, length);
      forget(walk, DIALECT);
    }
  }

  function isFinishedAwaited(walk: usize): bool {
    if (load<u8>(walk, headAt) != HANDSHAKE || load<u8>(walk, peekCountAt) == peekBytes) return false;
    return has(walk, CIPHERS_CHANGED) && !has(walk, FINISHED_PLAINLY) && bodyLength(walk + headAt) >= finishedBytesMin;
  }

  /**
   * Behind the change of ciphers a handshake record is the Finished of TLS 1.2, whose bytes are random, unless it is a hello in plain,
   * as after a HelloRetryRequest.
   */
  function peek(walk: usize, from: usize, available: u32): void {
    const count = load<u8>(walk, peekCountAt);
    const length = min<u32>(peekBytes - count, available);
    const begun = walk + peekAt;
    memory.copy(begun + count, from, length);
    store<u8>(walk, <u8>(count + length), peekCountAt);
    if (count + length < peekBytes) return;
    const kind = load<u8>(begun);
    if ((kind != 1 && kind != 2) || load<u8>(begun, 1) != 0 || load16(begun + messageHeaderBytes) != 0x0303) {
      note(walk, FINISHED_PLAINLY);
      return;
    }
    const hello = messageHeaderBytes + load16(begun + 2);
    const record = bodyLength(walk + headAt);
    store<u32>(walk, hello > record ? hello - record : 0, helloLeftAt);
  }

  export function noteData(walk: usize, other: usize, length: u32): void {
    // Data before the peer has spoken is 0-RTT: what follows it is not told apart from the handshake.
    if (!has(other, HANDSHAKEN)) note(walk, EARLY);
    // A record that holds nothing but a Finished has one of three lengths, by the hash in use and the size of what proves it whole.
    if (length == 45 || length == 53 || length == 69) note(walk, FINISHED);
    if (has(other, DATA)) note(walk, DATA_IN_TURN);
    note(walk, DATA);
  }
}
