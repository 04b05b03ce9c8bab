/**
 * Wakes the host when a datagram contains a text, and sends it back when not (sloth-sleep-proxy §4.7.4). Layer UDP.
 * Config: {"find": "needle"}.
 */
import { accepted, ignore, packet, readConfig, refuse, respond, wake } from "netloom";

export { allocate, deallocate } from "netloom";

let text: usize = 0;
let textLength: u32 = 0;

export function configure(config: usize, length: u32, flags: u32): usize {
  const find = readConfig(config, length, flags).get("find");
  text = heap.alloc(find.textLength + 6);
  textLength = find.copyText(text);
  if (find.exists && textLength == 0) return refuse('"find" should be a text');
  if (!find.exists) textLength = <u32>String.UTF8.encodeUnsafe(changetype<usize>("needle"), 6, text);
  return accepted();
}

export function process_packet(message: usize): usize {
  if (!packet.read(message) || !packet.isUdp) return ignore();
  if (contains(packet.payload, packet.end)) return wake();
  return packet.turnAround() ? respond(packet.message) : ignore();
}

function contains(start: usize, end: usize): bool {
  const first = load<u8>(text);
  for (let at = start; at + textLength <= end; at++) {
    if (load<u8>(at) == first && memory.compare(at, text, textLength) == 0) return true;
  }
  return false;
}
