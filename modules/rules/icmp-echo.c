/* Answers ping, of IPv4 and IPv6, as icmp-echo.ts does, but everybody: the same rule in another language. Layer ICMP. */
#include "netloom.h"

NETLOOM_RULE

static bool is_echo_request(const netloom_packet *packet) {
  if (packet->is_fragment || packet->transport[1] != 0) return false;
  if (packet->version == 6) return packet->protocol == NETLOOM_ICMPV6 && packet->transport[0] == 128;
  return packet->protocol == NETLOOM_ICMP && packet->transport[0] == 8;
}

NETLOOM_EXPORT(process_packet) uint8_t *process_packet(uint8_t *message) {
  netloom_packet packet;
  if (!netloom_read(&packet, message) || packet.payload == packet.transport) return netloom_ignore();
  if (!is_echo_request(&packet) || !netloom_turn_around(&packet)) return netloom_ignore();
  uint32_t was = netloom_load16(packet.transport);
  packet.transport[0] = packet.version == 6 ? 129 : 0;
  netloom_checksum_update(packet.transport + 2, was, netloom_load16(packet.transport));
  return netloom_respond(message);
}
