/** Says what becomes of a packet for a host that sleeps. Layer UDP, IPv4 and IPv6. */
import { ignore, packet, respond } from "netloom";

export { allocate, configure, deallocate } from "netloom";

export function process_packet(message: usize): usize {
  if (!packet.read(message) || !packet.isUdp) return ignore();
  // Answer wake() to wake the host. This one sends every datagram back to its sender.
  return packet.turnAround() ? respond(packet.message) : ignore();
}
