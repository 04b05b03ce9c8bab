/**
 * Keeps datagrams for the sleeping host, wakes it when there are enough of them, and hands them over when it is awake
 * (sloth-sleep-proxy §4.1). Layer UDP.
 * Config: {"threshold": 8, "bytes": 65536, "port": 5100, "allow": ["10.0.0.0/8"]}: how many packets wake the host, how
 * much is kept (when it is full the host is woken too, and what comes then is lost), and what is kept at all.
 */
import { accepted, Batch, ignore, packet, Prefixes, readConfig, refuse, wake } from "netloom";

export { allocate, deallocate } from "netloom";

const thresholdMax: i64 = 4096;
const bytesMax: i64 = 16 * 1024 * 1024;

let threshold: u32 = 8;
let bytes: u32 = 65_536;
let port: u32 = 0;
let allow: Prefixes | null = null;
let kept: Batch = new Batch(0);
let handedOver: bool = false;

export function configure(text: usize, length: u32, flags: u32): usize {
  const config = readConfig(text, length, flags);
  const wanted = config.get("threshold").integer(config.get("threshold").exists ? -1 : threshold);
  if (wanted < 1 || wanted > thresholdMax) return refuse('"threshold" should be 1 to 4096');
  const room = config.get("bytes").integer(config.get("bytes").exists ? -1 : bytes);
  if (room < 1 || room > bytesMax) return refuse('"bytes" should be 1 to 16777216');
  const only = config.get("port").integer(config.get("port").exists ? -1 : 0);
  if (only < 0 || only > 65_535) return refuse('"port" should be a port');
  if (config.get("allow").exists) {
    allow = Prefixes.read(config.get("allow"));
    if (!allow) return refuse('"allow" should be a list of address prefixes');
  }
  threshold = <u32>wanted;
  bytes = <u32>room;
  port = <u32>only;
  return accepted();
}

export function initialize(): void {
  kept = new Batch(bytes);
}

export function process_packet(message: usize): usize {
  if (!packet.read(message) || !packet.isUdp || !isWanted()) return ignore();
  forgetWhatWasHandedOver();
  const room = kept.add(packet.start, <u32>(packet.end - packet.start));
  return !room || kept.count >= threshold ? wake() : ignore();
}

export function on_wakeup(): usize {
  forgetWhatWasHandedOver();
  handedOver = true;
  return kept.count > 0 ? kept.respond() : ignore();
}

function isWanted(): bool {
  const allowed = allow;
  return (port == 0 || packet.destinationPort == port) && (!allowed || allowed.has(packet.source, packet.version));
}

/** The answer of `on_wakeup` is read after it returned, so what it held is forgotten at the next call only. */
function forgetWhatWasHandedOver(): void {
  if (handedOver) kept.clear();
  handedOver = false;
}
