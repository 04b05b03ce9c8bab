/**
 * Tells the network whose messages these are (layer-4.5 §3.4, §4.1.1): puts the names of process and thread, the process's
 * number and a label of the configuration in front of a stream's first message, and of each datagram; takes them away where they
 * arrive. UDP and TCP. Config: {"label": "web"}.
 *
 * In front: 0xf5 "NL4", 5, length of all (1 byte), the process's number (4), then process, thread and label, each behind its length
 * (1 byte), and a check of all that (4).
 */
import { accepted, load32, readConfig, refuse, store32 } from "netloom";
import { answer, Counter, FlowTable, fnv1a, DIRECTION_RECEIVED, DIRECTION_SENT, isReceiver, message, more, notMine, Tag, TAG_APPLICATION } from "netloom/customization";

export { allocate, deallocate } from "netloom";
export { sec_initialize, sec_respond, state_report } from "netloom/customization";

const magicBytes: u32 = 5;
const fixedBytes: u32 = 10;
const checkBytes: u32 = 4;
const nameBytesMax: u32 = 15;
const labelBytesMax: u32 = 32;
const textsMax: u32 = 3;
const waitMs: u32 = 1000;
const tagBytesMin: u32 = fixedBytes + textsMax + checkBytes;

/** Only its first bytes, which all tags of this kind have. */
const magic = new Tag(TAG_APPLICATION);
const made = heap.alloc(fixedBytes + textsMax + 2 * nameBytesMax + labelBytesMax + checkBytes);
const label = heap.alloc(256);
let labelLength: u32 = 0;
/** Of a flow's two directions: whether its beginning is past. */
const flows = new FlowTable(8);
const sentAt: usize = 0;
const receivedAt: usize = 1;
const tagged = new Counter("tagged");
const untagged = new Counter("untagged");

export function configure(text: usize, length: u32, flags: u32): usize {
  const given = readConfig(text, length, flags).get("label");
  if (given.exists && (!given.isText || given.textLength > 200)) return refuse('"label" should be a text of at most 32 bytes');
  labelLength = given.exists ? given.copyText(label) : 0;
  return labelLength > labelBytesMax ? refuse('"label" should be a text of at most 32 bytes') : accepted();
}

export function directions(): u32 {
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
  if (isReceiver() || !isBeginning(sentAt)) return notMine();
  answer.begin().add(made, writeTag());
  answer.add(message.start, message.length);
  tagged.add();
  passBeginning(sentAt);
  return message.isInactive ? notMine() : answer.customized();
}

export function cust_recv(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  if (!isReceiver() || !isBeginning(receivedAt)) return notMine();
  const length = tagLength();
  if (length == 0 && mayBecomeTag()) return more(waitMs);
  passBeginning(receivedAt);
  if (length == 0) return notMine();
  untagged.add();
  answer.begin().add(message.start + length, message.length - length);
  return answer.customized();
}

/** Every datagram has one; a stream once, unless it was past when this came to it. */
function isBeginning(direction: usize): bool {
  if (message.isUdp) return true;
  if (message.isAttachedLate || message.length == 0) return false;
  const state = flows.open(message.flow);
  return state != 0 && load<u8>(state + direction) == 0;
}

function passBeginning(direction: usize): void {
  const state = message.isTcp ? flows.open(message.flow) : 0;
  if (state != 0) store<u8>(state + direction, 1);
}

function writeTag(): u32 {
  memory.copy(made, magic.start, magicBytes);
  store32(made + 6, message.process);
  let at = writeText(made + fixedBytes, message.group, lengthOf(message.group));
  at = writeText(at, message.task, lengthOf(message.task));
  at = writeText(at, label, labelLength);
  const length = <u32>(at - made) + checkBytes;
  store<u8>(made, <u8>length, magicBytes);
  store32(at, fnv1a(made, length - checkBytes));
  return length;
}

function writeText(to: usize, text: usize, length: u32): usize {
  store<u8>(to, <u8>length);
  memory.copy(to + 1, text, length);
  return to + 1 + length;
}

/** Of a name of the context, which a zero ends. */
function lengthOf(name: usize): u32 {
  let length: u32 = 0;
  while (length < nameBytesMax && load<u8>(name + length) != 0) length++;
  return length;
}

/** Of the tag in front of the message; 0 when there is none, or not all of it. */
function tagLength(): u32 {
  if (message.length < tagBytesMin || memory.compare(message.start, magic.start, magicBytes) != 0) return 0;
  const length: u32 = load<u8>(message.start, magicBytes);
  if (length < tagBytesMin || length > message.length) return 0;
  return load32(message.start + length - checkBytes) == fnv1a(message.start, length - checkBytes) ? length : 0;
}

/** Whether this may be the beginning of a tag whose end has not come. */
function mayBecomeTag(): bool {
  if (message.isUdp || message.isEnd || message.hasWaited || message.isInactive) return false;
  if (memory.compare(message.start, magic.start, min(message.length, magicBytes)) != 0) return false;
  return message.length <= magicBytes || message.length < load<u8>(message.start, magicBytes);
}
