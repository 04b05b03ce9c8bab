/** Puts a tag in front of each message that is sent, and takes it away where it arrives. UDP. Config: {"tag": "a text"}. */
import { accepted, readConfig, refuse } from "netloom";
import { answer, isReceiver, message, notMine, Tag, TAG_FRONT, tagBytes } from "netloom/customization";

export { allocate, deallocate } from "netloom";
export { sec_initialize, sec_respond, state_report } from "netloom/customization";

const tag = new Tag(TAG_FRONT);

export function configure(text: usize, length: u32, flags: u32): usize {
  const config = readConfig(text, length, flags);
  return tag.configure(config.get("tag"), "mine") ? accepted() : refuse('"tag" should be a text of 1 to 18 bytes');
}

export function cust_send(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  if (!message.isUdp || isReceiver()) return notMine();
  answer.begin().add(tag.start, tagBytes);
  answer.add(message.start, message.length);
  return answer.customized();
}

export function cust_recv(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  if (!message.isUdp || !message.startsWith(tag.start, tagBytes)) return notMine();
  answer.begin().add(message.start + tagBytes, message.length - tagBytes);
  return answer.customized();
}
