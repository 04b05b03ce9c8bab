import { accepted, load16, readConfig, refuse } from "netloom";
import { Counter, DIRECTION_RECEIVED, DIRECTION_SENT, isReceiver, message, Tag } from "netloom/customization";

export const others = new Counter("others");
const tagged = new Counter("tagged");
const untagged = new Counter("untagged");
const headerBytes: u32 = 12;

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

/** Whether what is being sent is to be tagged: queries, and with `replies` the replies to queries that came tagged. */
export function isToBeTagged(): bool {
  if (!message.isUdp || message.length < headerBytes) return false;
  const isReply = (load<u8>(message.start, 2) & 0x80) != 0;
  if (!isReceiver()) return !isReply;
  return replies && isReply && (load<u8>(byteOf(message.start)) & bitOf(message.start)) != 0;
}

/** A message is sent with its tag. */
export function noteTagged(): void {
  tagged.add();
  if (!isReceiver() || message.isInactive) return;
  const byte = byteOf(message.start);
  store<u8>(byte, load<u8>(byte) & ~bitOf(message.start));
}

/** A message has come with its tag, behind which `start` is what the application sent. */
export function noteUntagged(start: usize): void {
  untagged.add();
  if (!isReceiver() || message.isInactive) return;
  const byte = byteOf(start);
  store<u8>(byte, load<u8>(byte) | bitOf(start));
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
