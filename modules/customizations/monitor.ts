/** Counts messages and their sizes in both directions, and changes nothing. UDP and TCP. No config. */
import { Counter, message, notMine } from "netloom/customization";

export { allocate, configure, deallocate } from "netloom";
export { sec_initialize, sec_respond, state_report } from "netloom/customization";

const flows = new Counter("flows");

/** One direction: how many, how large together, and how many of each size up to a limit. */
class Direction {
  private messages: Counter;
  private bytes: Counter;
  private largest: Counter;
  private upTo64: Counter;
  private upTo512: Counter;
  private upTo1500: Counter;
  private upTo9000: Counter;
  private above: Counter;

  constructor(name: string) {
    this.messages = new Counter(name + "_messages");
    this.bytes = new Counter(name + "_bytes");
    this.largest = new Counter(name + "_largest");
    this.upTo64 = new Counter(name + "_to_64");
    this.upTo512 = new Counter(name + "_to_512");
    this.upTo1500 = new Counter(name + "_to_1500");
    this.upTo9000 = new Counter(name + "_to_9000");
    this.above = new Counter(name + "_above");
  }

  count(length: u32): void {
    this.messages.add();
    this.bytes.add(length);
    if (length > this.largest.value) this.largest.value = length;
    this.classOf(length).add();
  }

  private classOf(length: u32): Counter {
    if (length <= 64) return this.upTo64;
    if (length <= 512) return this.upTo512;
    if (length <= 1500) return this.upTo1500;
    return length <= 9000 ? this.upTo9000 : this.above;
  }
}

const sent = new Direction("sent");
const received = new Direction("received");

export function flow_open(flow: u32, context: usize): u32 {
  flows.add();
  return 0;
}

export function cust_send(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  sent.count(message.length);
  return notMine();
}

export function cust_recv(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  received.count(message.length);
  return notMine();
}
