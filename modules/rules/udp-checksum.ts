/** Changes a datagram's first byte, computes its checksum anew and sends it back (sloth-sleep-proxy §4.7.3). Layer UDP. */
import { ignore, packet, respond } from "netloom";

export { allocate, configure, deallocate } from "netloom";

export function process_packet(message: usize): usize {
  if (!packet.read(message) || !packet.isUdp || !packet.turnAround()) return ignore();
  if (packet.payloadLength > 0) store<u8>(packet.payload, load<u8>(packet.payload) + 1);
  packet.renewChecksum();
  return respond(packet.message);
}
