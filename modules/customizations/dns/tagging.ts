import { accepted, load16, readConfig, refuse } from "netloom";
import {
  answer,
  Counter,
  DIRECTION_RECEIVED,
  DIRECTION_SENT,
  isReceiver,
  message,
  notMine,
  Tag,
  tagBytes,
} from "netloom/customization";

const others = new Counter("others");
const tagged = new Counter("tagged");
const untagged = new Counter("untagged");
export const headerBytes: u32 = 12;

let replies: bool = false;
/** A bit for each id of a tagged query that waits for its reply. */
let waiting: usize = 0;

/** Config of all that tag messages of DNS: {"tag": "text", "replies": false}. */
export function configureTag(tag: Tag, text: usize, length: u32, flags: u32): usize {
  const config = readConfig(text, length, flags);
  if (!tag.configure(config.get("tag"), "netloom")) return refuse('"tag" should be a text of 1 to 18 bytes');
  replies = config.get("replies").isTrue;
  waiting = heap.alloc(8192);
  memory.fill(waiting, 0, 8192);
  return accepted();
}

/** Queries are looked at where they are sent and where they arrive; what goes back only if it is tagged as well. */
export function directions(): u32 {
  if (replies) return DIRECTION_SENT | DIRECTION_RECEIVED;
  return isReceiver() ? DIRECTION_RECEIVED : DIRECTION_SENT;
}

/** Puts the tag into what is being sent, behind its first `at` bytes, if it is to have one. */
export function sendTagged(tag: Tag, at: u32): usize {
  if (!isToBeTagged()) return notMine();
  tagged.add();
  if (isReceiver() && !message.isInactive) {
    const byte = byteOf(message.start);
    store<u8>(byte, load<u8>(byte) & ~bitOf(message.start));
  }
  answer.begin().add(message.start, at);
  answer.add(tag.start, tagBytes);
  answer.add(message.start + at, message.length - at);
  return answer.customized();
}

/** Takes the tag behind its first `at` bytes away from what has come; what has none there is not ours. */
export function receiveTagged(tag: Tag, at: u32): usize {
  if (isTaggedAt(tag, at)) return receiveWithout(at);
  others.add();
  return notMine();
}

export function isTaggedAt(tag: Tag, at: u32): bool {
  if (!message.isUdp || message.length < tagBytes || at > message.length - tagBytes) return false;
  return memory.compare(message.start + at, tag.start, tagBytes) == 0;
}

/** What has come is given to the application without the tag that is behind its first `at` bytes. */
export function receiveWithout(at: u32): usize {
  untagged.add();
  const behind = message.start + at + tagBytes;
  if (isReceiver() && !message.isInactive && message.length >= headerBytes + tagBytes) {
    const header = at == 0 ? behind : message.start;
    const byte = byteOf(header);
    store<u8>(byte, load<u8>(byte) | bitOf(header));
  }
  answer.begin().add(message.start, at);
  answer.add(behind, <u32>(message.end - behind));
  return answer.customized();
}

/** Queries, and with `replies` the replies to queries that came tagged. */
function isToBeTagged(): bool {
  if (!message.isUdp || message.length < headerBytes) return false;
  const isReply = (load<u8>(message.start, 2) & 0x80) != 0;
  if (!isReceiver()) return !isReply;
  return replies && isReply && (load<u8>(byteOf(message.start)) & bitOf(message.start)) != 0;
}

/** Tells queries apart by their ids and the ports that they come from. */
function slotOf(start: usize): u32 {
  return (load16(start) ^ (message.remotePort * 40503)) & 0xffff;
}

function byteOf(start: usize): usize {
  return waiting + (slotOf(start) >> 3);
}

function bitOf(start: usize): u8 {
  return <u8>(1 << <u8>(slotOf(start) & 7));
}
