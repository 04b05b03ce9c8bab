/**
 * Lets nothing through but what carries the tag of dns-tag-front: that is taken away, and all else is dropped (layer-4.5
 * §5.3.1). UDP. Config: {"tag": "netloom", "replies": false}, as the sender's. The sender's end tags as dns-tag-front does.
 */
import { Counter, drop, isReceiver, message, notMine, TAG_FRONT, Tag } from "netloom/customization";
import { configureTag, isTaggedAt, receiveWithout, sendTagged } from "./dns/tagging";

export { allocate, deallocate } from "netloom";
export { directions } from "./dns/tagging";
export { sec_initialize, sec_respond, state_report } from "netloom/customization";

const tag = new Tag(TAG_FRONT);
const dropped = new Counter("dropped");

export function configure(text: usize, length: u32, flags: u32): usize {
  return configureTag(tag, text, length, flags);
}

export function cust_send(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  return sendTagged(tag, 0);
}

export function cust_recv(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  if (isTaggedAt(tag, 0)) return receiveWithout(0);
  if (!message.isUdp || !isReceiver()) return notMine();
  dropped.add();
  return drop();
}
