/**
 * Puts a tag of 32 bytes between the header and the data of each query of DNS (layer-4.5 §5.3.5), and takes
 * it away where the query arrives. UDP. Config: {"tag": "netloom", "replies": false}; with `replies`, the
 * answers to tagged queries are tagged too.
 */
import { answer, message, notMine, TAG_MIDDLE, Tag, tagBytes } from "netloom/customization";
import { configureTag, isToBeTagged, noteTagged, noteUntagged, others } from "./dns/tagging";

export { allocate, deallocate } from "netloom";
export { directions } from "./dns/tagging";
export { both_ends, sec_initialize, sec_respond, state_report } from "netloom/customization";

const tag = new Tag(TAG_MIDDLE);
const headerBytes: u32 = 12;

export function configure(text: usize, length: u32, flags: u32): usize {
  return configureTag(tag, text, length, flags);
}

export function cust_send(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  if (!isToBeTagged()) return notMine();
  answer.begin().add(message.start, headerBytes);
  answer.add(tag.start, tagBytes);
  answer.add(message.start + headerBytes, message.length - headerBytes);
  noteTagged();
  return answer.customized();
}

export function cust_recv(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  if (!isTagged()) {
    others.add();
    return notMine();
  }
  answer.begin().add(message.start, headerBytes);
  answer.add(message.start + headerBytes + tagBytes, message.length - headerBytes - tagBytes);
  noteUntagged(message.start);
  return answer.customized();
}

function isTagged(): bool {
  if (!message.isUdp || message.length < headerBytes + tagBytes) return false;
  return memory.compare(message.start + headerBytes, tag.start, tagBytes) == 0;
}
