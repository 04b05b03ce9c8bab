import { accepted, readConfig, refuse } from "netloom";
import { Counter, DIRECTION_RECEIVED, DIRECTION_SENT, isReceiver, message, Tag } from "netloom/customization";

export const tagged = new Counter("tagged");
export const untagged = new Counter("untagged");
export const others = new Counter("others");
const headerBytes: u32 = 12;

let replies: bool = false;

/** Config of all that tag messages of DNS: {"tag": "text", "replies": false}. */
export function configureTag(tag: Tag, text: usize, length: u32, flags: u32): usize {
  const config = readConfig(text, length, flags);
  if (!tag.configure(config.get("tag"), "netloom")) return refuse('"tag" should be a text of 1 to 18 bytes');
  replies = config.get("replies").isTrue;
  return accepted();
}

/** Queries are looked at where they are sent and where they arrive; what goes back only if it is tagged as well. */
export function directions(): u32 {
  if (replies) return DIRECTION_SENT | DIRECTION_RECEIVED;
  return isReceiver() ? DIRECTION_RECEIVED : DIRECTION_SENT;
}

/** Whether what is being sent is to be tagged: queries where they are sent, and replies, if they are asked for, where these are. */
export function isToBeTagged(): bool {
  if (!message.isUdp || message.length < headerBytes || (isReceiver() && !replies)) return false;
  const isReply = (load<u8>(message.start, 2) & 0x80) != 0;
  return isReply == isReceiver();
}
