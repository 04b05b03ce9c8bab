/** Sends every UDP datagram back (sloth-sleep-proxy §4.7.1). Layer UDP. */
import { ignore, packet, respond } from "netloom";

export { allocate, configure, deallocate } from "netloom";

export function process_packet(message: usize): usize {
  if (!packet.read(message) || !packet.isUdp || !packet.turnAround()) return ignore();
  return respond(packet.message);
}
