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
import { APPLICATION_DATA, bodyBytesMax, bodyLength, isRecord, recordHeaderBytes, Walk } from "./tls/records";

export { allocate, deallocate } from "netloom";
export { both_ends, sec_initialize, sec_respond, state_report } from "netloom/customization";

const headerBytes: u32 = recordHeaderBytes + tagBytes;
const recordsMax: u32 = 512;
/** How long the beginning of what may be a record waits for its end; where records are known to begin, until it comes. */
const waitMs: u32 = 250;
const likelyWaitMs: u32 = 5000;
const endlessWait: u32 = 0;

const tag = new Tag(TAG_TLS);
const search = new Search(tag.start, tagBytes);
const headers = heap.alloc(headerBytes * recordsMax);
/** Of a flow: both directions' walks, and bytes of a tagged record still to come in. */
const flows = new FlowTable(<u32>(2 * Walk.bytes) + 4);
const outAt: usize = 0;
const inAt: usize = Walk.bytes;
const remainingAt: usize = 2 * Walk.bytes;
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
  if (start > message.start) return notMine(<u32>(start - message.start));
  if (isTagged(state, start)) return tagOut(state);
  // What begins like a record of data and is none yet is a header cut short.
  if (!message.isEnd && !message.hasWaited) return more(Walk.hasSeen(walk) ? endlessWait : waitMs);
  Walk.follow(walk, state + inAt, message.start, message.end);
  return notMine();
}

export function cust_recv(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  const state = message.isTcp ? flows.open(flow) : 0;
  if (state == 0) return notMine();
  if (message.isInactive) {
    Walk.lose(state + inAt);
    store<u32>(state, 0, remainingAt);
    return notMine();
  }
  return untag(state);
}

/** A walk that is lost begins anew where the message begins like a record. */
function findRecord(walk: usize): void {
  if (Walk.isLost(walk) && message.length >= recordHeaderBytes && isRecord(message.start)) Walk.enterData(walk, 0);
}

/** Goes by the records that are not to be tagged: answers where the first is that is, or may be once its header is whole, or the end. */
function passOut(state: usize): usize {
  const walk = state + outAt;
  let at = message.start;
  while (at < message.end && !Walk.isLost(walk)) {
    if (Walk.isAtRecord(walk) && mayBeTagged(state, at)) return at;
    at = Walk.step(walk, state + inAt, at, message.end);
  }
  return message.end;
}

function mayBeTagged(state: usize, at: usize): bool {
  if (message.end - at >= recordHeaderBytes) return isTagged(state, at);
  return load<u8>(at) == APPLICATION_DATA && isSpeaking(state);
}

/** Whether a whole header stands here, of a record that is to be tagged and that the other end will take for one. */
function isTagged(state: usize, at: usize): bool {
  if (message.end - at < recordHeaderBytes || load<u8>(at) != APPLICATION_DATA || !isRecord(at)) return false;
  return bodyLength(at) + tagBytes <= bodyBytesMax && isSpeaking(state);
}

function isSpeaking(state: usize): bool {
  return isHandshakeDone(state) && (!isReceiver() || (replies && Walk.has(state + inAt, Walk.DIALECT)));
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
  for (let count: u32 = 0; count < recordsMax && isTagged(state, at); count++) {
    const length = bodyLength(at);
    memory.copy(header, at, recordHeaderBytes);
    store16(header + 3, length + tagBytes);
    memory.copy(header + recordHeaderBytes, tag.start, tagBytes);
    answer.add(header, headerBytes);
    const here = min<u32>(length, <u32>(message.end - at) - recordHeaderBytes);
    answer.add(at + recordHeaderBytes, here);
    Walk.enterData(walk, length - here);
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
  Walk.note(state + inAt, Walk.DIALECT);
  Walk.enterData(state + inAt, 0);
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
  if (next == message.start && !message.isEnd && !message.hasWaited) return more(waitFor(walk));
  const end = next == message.start ? message.end : next;
  Walk.follow(walk, state + outAt, message.start, end);
  return notMine(<u32>(end - message.start));
}

/** An application can do nothing with a record that is cut short, so that where one begins for certain it may wait for its end. */
function waitFor(walk: usize): u32 {
  if (Walk.isAtRecord(walk) && Walk.hasSeen(walk)) return endlessWait;
  return Walk.has(walk, Walk.DIALECT) ? likelyWaitMs : waitMs;
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
  let next = Walk.nextRecord(walk, message.start);
  if (next == 0) return true;
  while (next < at) {
    if (message.end - next < recordHeaderBytes || !isRecord(next)) return true;
    next += recordHeaderBytes + bodyLength(next);
  }
  return next == at;
}
