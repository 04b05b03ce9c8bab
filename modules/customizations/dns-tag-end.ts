/**
 * Puts a tag of 32 bytes behind each query of DNS, where most servers overlook it (layer-4.5 §5.3.5), and takes
 * it away where the query arrives. UDP. Config: {"tag": "netloom", "replies": false}; with `replies`, the
 * answers to tagged queries are tagged too.
 */
import { message, TAG_END, Tag, tagBytes } from "netloom/customization";
import { configureTag, receiveTagged, sendTagged } from "./dns/tagging";

export { allocate, deallocate } from "netloom";
export { directions } from "./dns/tagging";
export { sec_initialize, sec_respond, state_report } from "netloom/customization";

const tag = new Tag(TAG_END);

export function configure(text: usize, length: u32, flags: u32): usize {
  return configureTag(tag, text, length, flags);
}

export function cust_send(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  return sendTagged(tag, message.length);
}

export function cust_recv(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  return receiveTagged(tag, max(message.length, tagBytes) - tagBytes);
}
