/**
 * A dialect of TLS (layer-4.5 §6.2.8): once a handshake is done, each record of encrypted data has a tag of 32 bytes in front of
 * its ciphertext, which the other end takes away. The handshake passes untouched, and whoever is in the middle and speaks plain TLS
 * finds no record that it can decrypt. TCP. Config: {"tag": "netloom", "replies": false}; with `replies`, the receiver's end speaks the
 * dialect too as long as what it receives does.
 *
 * In TLS 1.2 encrypted data is data. In TLS 1.3 the end of the handshake looks like data: it is over for a client when a record
 * as long as a Finished has gone out, or data has come in answer to data; for a server when data has come after its own hello.
 * Connections with 0-RTT are left alone; those that were attached late are taken to be past their handshake.
 */
import { accepted, readConfig, refuse, store16 } from "netloom";
import { answer, Counter, FlowTable, isReceiver, message, more, notMine, Search, Tag, TAG_TLS, tagBytes } from "netloom/customization";
import { APPLICATION_DATA, bodyLength, isRecord, recordHeaderBytes, Walk } from "./tls/records";

export { allocate, deallocate } from "netloom";
export { both_ends, sec_initialize, sec_respond, state_report } from "netloom/customization";

const headerBytes: u32 = recordHeaderBytes + tagBytes;
const recordsMax: u32 = 512;
const waitMs: u32 = 250;
const likelyWaitMs: u32 = 5000;

const tag = new Tag(TAG_TLS);
const search = new Search(tag.start, tagBytes);
const headers = heap.alloc(headerBytes * recordsMax);
/** Of a flow: both directions' walks, bytes of a tagged record still to come in, whether what came in last was tagged. */
const flows = new FlowTable(24);
const outAt: usize = 0;
const inAt: usize = 8;
const remainingAt: usize = 16;
const dialectAt: usize = 20;
const recordsOut = new Counter("records_out");
const recordsIn = new Counter("records_in");
let replies: bool = false;

export function configure(text: usize, length: u32, flags: u32): usize {
  const config = readConfig(text, length, flags);
  if (!tag.configure(config.get("tag"), "netloom")) return refuse('"tag" should be a text of 1 to 18 bytes');
  replies = config.get("replies").isTrue;
  search.prepare();
  return accepted();
}

export function flow_open(flow: u32, context: usize): u32 {
  return flows.open(flow) == 0 ? 1 : 0;
}

export function flow_close(flow: u32): void {
  flows.close(flow);
}

export function cust_send(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  const state = message.isTcp && message.length > 0 ? flows.open(flow) : 0;
  if (state == 0) return notMine();
  const walk = state + outAt;
  if (message.isInactive) Walk.lose(walk);
  findRecord(walk);
  if (Walk.isLost(walk)) return notMine();
  const start = passOut(state);
  if (start > message.start || start == message.end) return notMine(<u32>(start - message.start));
  // What begins like a record and is none yet is a header cut short.
  if (!isTagged(state, start)) return more(waitMs);
  return tagOut(state);
}

export function cust_recv(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  const state = message.isTcp ? flows.open(flow) : 0;
  if (state == 0) return notMine();
  if (message.isInactive) {
    Walk.lose(state + inAt);
    store<u64>(state, 0, remainingAt);
    return notMine();
  }
  return untag(state);
}

/** A walk that is lost begins anew where the message begins like a record. */
function findRecord(walk: usize): void {
  if (Walk.isLost(walk) && message.length >= recordHeaderBytes && isRecord(message.start)) Walk.setLeft(walk, 0);
}

/** Goes by the records that are not to be tagged: answers where the first is that is, or that is cut short, or the end. */
function passOut(state: usize): usize {
  const walk = state + outAt;
  let at = message.start;
  while (at < message.end) {
    const left = Walk.left(walk);
    if (left > 0) {
      const length = min<u32>(left, <u32>(message.end - at));
      Walk.setLeft(walk, left - length);
      at += length;
      continue;
    }
    if (message.end - at < recordHeaderBytes) {
      if (at > message.start || !message.hasWaited) return at;
      Walk.lose(walk);
      return message.end;
    }
    if (!isRecord(at)) {
      Walk.lose(walk);
      return message.end;
    }
    if (isTagged(state, at)) return at;
    Walk.noteRecord(walk, state + inAt, at, message.end);
    Walk.setLeft(walk, bodyLength(at));
    at += recordHeaderBytes;
  }
  return at;
}

function isTagged(state: usize, at: usize): bool {
  if (message.end - at < recordHeaderBytes || load<u8>(at) != APPLICATION_DATA) return false;
  return isHandshakeDone(state) && (!isReceiver() || (replies && load<u32>(state, dialectAt) != 0));
}

function isHandshakeDone(state: usize): bool {
  const sent = state + outAt;
  const received = state + inAt;
  if (message.isAttachedLate || Walk.has(sent, Walk.FINISHED_PLAINLY)) return true;
  if (Walk.has(sent, Walk.EARLY) || Walk.has(received, Walk.EARLY)) return false;
  if (!Walk.has(sent, Walk.DATA) || !Walk.has(received, Walk.DATA)) return false;
  return Walk.has(sent, Walk.FINISHED) || Walk.has(received, Walk.DATA_IN_TURN);
}

/** Tags the records that the message begins with, as many as are to be. */
function tagOut(state: usize): usize {
  const walk = state + outAt;
  let at = message.start;
  let header = headers;
  answer.begin();
  for (let count: u32 = 0; count < recordsMax && at < message.end && isRecord(at) && isTagged(state, at); count++) {
    const length = bodyLength(at);
    memory.copy(header, at, recordHeaderBytes);
    store16(header + 3, length + tagBytes);
    memory.copy(header + recordHeaderBytes, tag.start, tagBytes);
    answer.add(header, headerBytes);
    const here = min<u32>(length, <u32>(message.end - at) - recordHeaderBytes);
    answer.add(at + recordHeaderBytes, here);
    Walk.setLeft(walk, length - here);
    Walk.note(walk, Walk.DATA);
    header += headerBytes;
    at += recordHeaderBytes + here;
    recordsOut.add();
  }
  return answer.customized(<u32>(at - message.start));
}

/** Takes the tags from the records that the message begins with, and from the rest of one that has begun. */
function untag(state: usize): usize {
  let remaining = load<u32>(state, remainingAt);
  let at = message.start;
  let header = headers;
  answer.begin();
  for (let count: u32 = 0; count < recordsMax && at < message.end; ) {
    if (remaining > 0) {
      const length = min<u32>(remaining, <u32>(message.end - at));
      answer.add(at, length);
      at += length;
      remaining -= length;
    } else if (isOurs(at)) {
      remaining = bodyLength(at) - tagBytes;
      memory.copy(header, at, recordHeaderBytes);
      store16(header + 3, remaining);
      answer.add(header, recordHeaderBytes);
      Walk.noteData(state + inAt, state + outAt, remaining);
      header += recordHeaderBytes;
      at += headerBytes;
      count++;
      recordsIn.add();
    } else break;
  }
  store<u32>(state, remaining, remainingAt);
  if (at == message.start) return passIn(state);
  store<u32>(state, 1, dialectAt);
  Walk.setLeft(state + inAt, 0);
  return answer.customized(<u32>(at - message.start));
}

/** A record's header and our tag. */
function isOurs(at: usize): bool {
  if (message.end - at < headerBytes || load<u8>(at) != APPLICATION_DATA || !isRecord(at)) return false;
  return bodyLength(at) >= tagBytes && memory.compare(at + recordHeaderBytes, tag.start, tagBytes) == 0;
}

/** What lies in front of the next tagged record is not ours; the beginning of what may be one waits for its end. */
function passIn(state: usize): usize {
  const walk = state + inAt;
  findRecord(walk);
  const whole = nextTagged();
  const next = whole < message.end ? whole : cutShort(walk);
  const wasDialect = load<u32>(state, dialectAt) != 0;
  if (next == message.start && !message.isEnd && !message.hasWaited) return more(wasDialect ? likelyWaitMs : waitMs);
  store<u32>(state, 0, dialectAt);
  const end = next == message.start ? message.end : next;
  passRecords(walk, state + outAt, end);
  return notMine(<u32>(end - message.start));
}

function nextTagged(): usize {
  let found = search.find(message.start, message.end);
  while (message.end - found >= tagBytes) {
    if (found - message.start >= recordHeaderBytes && isOurs(found - recordHeaderBytes)) return found - recordHeaderBytes;
    found = search.find(found + 1, message.end);
  }
  return message.end;
}

/** Where a tagged record may have begun that ends behind the message; a walk that is not lost knows where none can. */
function cutShort(walk: usize): usize {
  const from = message.length > headerBytes ? message.end - headerBytes + 1 : message.start;
  for (let at = from; at < message.end; at++) if (mayBeOurs(at) && mayBegin(walk, at)) return at;
  return message.end;
}

function mayBeOurs(at: usize): bool {
  const length = <u32>(message.end - at);
  if (load<u8>(at) != APPLICATION_DATA || (length > 1 && load<u8>(at, 1) != 3)) return false;
  if (length < recordHeaderBytes) return true;
  if (!isRecord(at) || bodyLength(at) < tagBytes) return false;
  return memory.compare(at + recordHeaderBytes, tag.start, length - recordHeaderBytes) == 0;
}

/** Whether a record begins here, as far as is known. */
function mayBegin(walk: usize, at: usize): bool {
  if (Walk.isLost(walk)) return true;
  let next = message.start + Walk.left(walk);
  while (next < at) {
    if (message.end - next < recordHeaderBytes || !isRecord(next)) return true;
    next += recordHeaderBytes + bodyLength(next);
  }
  return next == at;
}

/** The walk goes on over bytes that pass. */
function passRecords(walk: usize, other: usize, end: usize): void {
  if (Walk.isLost(walk)) return;
  let next = message.start + Walk.left(walk);
  while (next < end) {
    if (end - next < recordHeaderBytes || !isRecord(next)) return Walk.lose(walk);
    Walk.noteRecord(walk, other, next, message.end);
    next += recordHeaderBytes + bodyLength(next);
  }
  Walk.setLeft(walk, <u32>(next - end));
}
