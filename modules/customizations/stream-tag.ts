/**
 * Puts a tag of 32 bytes in front of every so many bytes of a stream (layer-4.5 §3.2.2, the long-lived flows), and takes it
 * away where they arrive. TCP. Config: {"every": 1000, "tag": "netloom", "replies": false}; with `replies`, the receiver's end
 * tags what it sends as long as what it receives is tagged.
 *
 * A tag is 24 bytes that follow from the configuration, how many bytes follow, and a check of that number (4 bytes each). What an
 * application sends is cut into whole frames at once, so that a stream may begin and cease to be tagged between any two of its
 * sends. In a frame nothing is looked for, whatever the application sends; between frames nothing is ours that is no tag.
 */
import { accepted, load32, readConfig, refuse, store32 } from "netloom";
import { answer, Counter, FlowTable, fnv1a, DIRECTION_RECEIVED, DIRECTION_SENT, isReceiver, message, more, notMine, Search, Tag, TAG_STREAM } from "netloom/customization";

export { allocate, deallocate } from "netloom";
export { both_ends, sec_initialize, sec_respond, state_report } from "netloom/customization";

const magicBytes: u32 = 24;
const headerBytes: u32 = 32;
const everyMin: i64 = 16;
const everyMax: i64 = 131_072;
/** How long the beginning of what may be a tag waits for its end: behind a frame, where one is likely, and elsewhere. */
const framedWaitMs: u32 = 5000;
const plainWaitMs: u32 = 250;

const tag = new Tag(TAG_STREAM);
const search = new Search(tag.start, magicBytes);
const fullHeader = memory.data(32, 8);
const lastHeader = memory.data(32, 8);
/** Of a flow: bytes of a frame still to come, and whether what came last was a frame. */
const flows = new FlowTable(8);
const remainingAt: usize = 0;
const framedAt: usize = 4;
const framesOut = new Counter("frames_out");
const framesIn = new Counter("frames_in");

let every: u32 = 1000;
let replies: bool = false;

export function configure(text: usize, length: u32, flags: u32): usize {
  const config = readConfig(text, length, flags);
  const given = config.get("every").integer(1000);
  if (given < everyMin || given > everyMax) return refuse('"every" should be 16 to 131072 (bytes)');
  if (!tag.configure(config.get("tag"), "netloom")) return refuse('"tag" should be a text of 1 to 18 bytes');
  every = <u32>given;
  replies = config.get("replies").isTrue;
  search.prepare();
  writeHeader(fullHeader, every);
  return accepted();
}

export function directions(): u32 {
  if (replies) return DIRECTION_SENT | DIRECTION_RECEIVED;
  return isReceiver() ? DIRECTION_RECEIVED : DIRECTION_SENT;
}

export function flow_open(flow: u32, context: usize): u32 {
  return flows.open(flow) == 0 ? 1 : 0;
}

export function flow_close(flow: u32): void {
  flows.close(flow);
}

export function cust_send(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  if (!message.isTcp || message.length == 0 || (isReceiver() && !isAnswering(flow))) return notMine();
  let at = message.start;
  answer.begin();
  while (at < message.end && answer.room >= 2) {
    const length = min<u32>(every, <u32>(message.end - at));
    if (length < every) writeHeader(lastHeader, length);
    answer.add(length < every ? lastHeader : fullHeader, headerBytes);
    answer.add(at, length);
    at += length;
    framesOut.add();
  }
  return answer.customized(<u32>(at - message.start));
}

export function cust_recv(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  if (!message.isTcp || !(isReceiver() || replies)) return notMine();
  const state = flows.open(flow);
  if (state == 0) return notMine();
  if (!message.isInactive) return unframe(state);
  store<u64>(state, 0);
  return notMine();
}

/** Takes the tags from all whole and begun frames that the message starts with. */
function unframe(state: usize): usize {
  let remaining = load<u32>(state, remainingAt);
  let at = message.start;
  answer.begin();
  while (at < message.end && answer.room > 0) {
    if (remaining > 0) {
      const length = min<u32>(remaining, <u32>(message.end - at));
      answer.add(at, length);
      at += length;
      remaining -= length;
    } else if (isHeader(at)) {
      remaining = load32(at + magicBytes);
      at += headerBytes;
      framesIn.add();
    } else break;
  }
  store<u32>(state, remaining, remainingAt);
  if (at == message.start) return passPlain(state);
  store<u32>(state, 1, framedAt);
  return answer.customized(<u32>(at - message.start));
}

/** What lies in front of the next tag is not ours. The beginning of what may be a tag waits for its end. */
function passPlain(state: usize): usize {
  let next = search.find(message.start, message.end);
  while (message.end - next >= headerBytes && !isHeader(next)) next = search.find(next + 1, message.end);
  const wasFramed = load<u32>(state, framedAt) != 0;
  if (next == message.start && !message.isEnd && !message.hasWaited) return more(wasFramed ? framedWaitMs : plainWaitMs);
  store<u32>(state, 0, framedAt);
  return notMine(<u32>(next - message.start));
}

function isHeader(at: usize): bool {
  if (message.end - at < headerBytes || memory.compare(at, tag.start, magicBytes) != 0) return false;
  const length = load32(at + magicBytes);
  return length > 0 && length <= <u32>everyMax && load32(at + magicBytes + 4) == checkOf(at);
}

function writeHeader(target: usize, length: u32): void {
  memory.copy(target, tag.start, magicBytes);
  store32(target + magicBytes, length);
  store32(target + magicBytes + 4, checkOf(target));
}

function checkOf(header: usize): u32 {
  return fnv1a(header + magicBytes, 4, load32(tag.start + magicBytes));
}

/** Whether what this flow receives is tagged. */
function isAnswering(flow: u32): bool {
  const state = replies ? flows.find(flow) : 0;
  return state != 0 && load<u32>(state, framedAt) != 0;
}
