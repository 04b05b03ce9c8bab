/**
 * Puts a tag of 32 bytes in front of each query of DNS, before its id (layer-4.5 §3.2.2, §5.3.5), and takes
 * it away where the query arrives. UDP. Config: {"tag": "netloom", "replies": false}; with `replies`, the
 * answers to tagged queries are tagged too.
 */
import { message, TAG_FRONT, Tag } from "netloom/customization";
import { configureTag, receiveTagged, sendTagged } from "./dns/tagging";

export { allocate, deallocate } from "netloom";
export { directions } from "./dns/tagging";
export { both_ends, sec_initialize, sec_respond, state_report } from "netloom/customization";

const tag = new Tag(TAG_FRONT);

export function configure(text: usize, length: u32, flags: u32): usize {
  return configureTag(tag, text, length, flags);
}

export function cust_send(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  return sendTagged(tag, 0);
}

export function cust_recv(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  return receiveTagged(tag, 0);
}
