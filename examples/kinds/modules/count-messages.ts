/**
 * Counts messages, each or one in so many, and leaves them as they are (the "monitoring" type of layer-4.5 §2.2.2).
 * Config: {"every": 1}. Built by `netloom module build count-messages.ts`; a test holds that the .wasm is of this text.
 */
import { accepted, readConfig, refuse } from "netloom";
import { Counter, notMine } from "netloom/customization";

export { allocate, deallocate } from "netloom";
export { sec_initialize, sec_respond, state_report } from "netloom/customization";

const sent = new Counter("sent");
const received = new Counter("received");
let every: u64 = 1;
let seen: u64 = 0;

export function configure(text: usize, length: u32, flags: u32): usize {
  const given = readConfig(text, length, flags).get("every").integer(1);
  if (given < 1) return refuse('"every" should be a number from 1 on');
  every = <u64>given;
  return accepted();
}

export function cust_send(flow: u32, block: usize, context: usize): usize {
  if (seen++ % every == 0) sent.add();
  return notMine();
}

export function cust_recv(flow: u32, block: usize, context: usize): usize {
  if (seen++ % every == 0) received.add();
  return notMine();
}
