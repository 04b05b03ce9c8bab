/**
 * Sends a datagram back if the first byte of its sender's address is the right one (sloth-sleep-proxy §4.7.2): what one
 * more instruction costs. Layer UDP. Config: {"first": 10}.
 */
import { accepted, ignore, packet, readConfig, respond } from "netloom";

export { allocate, deallocate } from "netloom";

let first: u8 = 10;

export function configure(text: usize, length: u32, flags: u32): usize {
  first = <u8>readConfig(text, length, flags).get("first").integer(10);
  return accepted();
}

export function process_packet(message: usize): usize {
  if (!packet.read(message) || !packet.isUdp) return ignore();
  if (load<u8>(packet.source) != first || !packet.turnAround()) return ignore();
  return respond(packet.message);
}
