/**
 * Holds messages back: each for so long (`delay`, in ms), or so that no more bytes a second pass than `rate`, after a first
 * `burst` (by default a tenth of a second's). The sender's end holds back what it sends, the receiver's what arrives. UDP and TCP.
 * Config: {"rate": 100000, "burst": 10000} or {"delay": 50}.
 */
import { accepted, nowMs, readConfig, refuse } from "netloom";
import { Counter, FlowTable, DIRECTION_RECEIVED, DIRECTION_SENT, isReceiver, message, notMine } from "netloom/customization";

export { allocate, deallocate } from "netloom";
export { sec_initialize, sec_respond, state_report } from "netloom/customization";

const delayMsMax: i64 = 60_000;
const rateMax: i64 = 1_000_000_000_000;
/** Of a stream no more is let through at once than passes in this time, so that it flows and does not come in gushes. */
const sliceMs: f64 = 50;
const flows = new FlowTable(8);
const delayed = new Counter("delayed");
const delayedMs = new Counter("delayed_ms");

let delayMs: u32 = 0;
let bytesPerMs: f64 = 0;
let burstMs: f64 = 0;

export function configure(text: usize, length: u32, flags: u32): usize {
  const config = readConfig(text, length, flags);
  const delay = config.get("delay").integer(0);
  const rate = config.get("rate").integer(0);
  const burst = config.get("burst").integer(rate / 10);
  if (delay < 0 || delay > delayMsMax) return refuse('"delay" should be 0 to 60000 (ms)');
  if (rate < 0 || rate > rateMax || burst < 0 || burst > rateMax)
    return refuse('"rate" and "burst" should be bytes');
  if ((delay == 0) == (rate == 0)) return refuse('either "rate" or "delay" should be above 0');
  delayMs = <u32>delay;
  bytesPerMs = <f64>rate / 1000;
  burstMs = rate > 0 ? <f64>burst / bytesPerMs : 0;
  return accepted();
}

export function directions(): u32 {
  return isReceiver() ? DIRECTION_RECEIVED : DIRECTION_SENT;
}

export function flow_open(flow: u32, context: usize): u32 {
  return flows.open(flow) == 0 ? 1 : 0;
}

export function flow_close(flow: u32): void {
  flows.close(flow);
}

export function cust_send(flow: u32, block: usize, context: usize): usize {
  return isReceiver() ? notMine() : holdBack(flow, block, context);
}

export function cust_recv(flow: u32, block: usize, context: usize): usize {
  return isReceiver() ? holdBack(flow, block, context) : notMine();
}

function holdBack(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  if (delayMs > 0) return later(0, delayMs);
  const state = flows.open(flow);
  if (state == 0 || message.isInactive) return notMine();
  const slice = max<u32>(1, <u32>min(sliceMs * bytesPerMs, 1_000_000));
  const length = message.isTcp ? min(message.length, slice) : message.length;
  const now = nowMs();
  // When what passed before will have passed, at the rate; what is left unused of it is kept up to the burst.
  const free = max(load<f64>(state), now - burstMs);
  store<f64>(state, free + <f64>length / bytesPerMs);
  return later(length, <u32>min(max(free - now, 0), <f64>delayMsMax));
}

function later(consumed: u32, ms: u32): usize {
  if (ms > 0) delayed.add();
  delayedMs.add(ms);
  return notMine(consumed, ms);
}
