/* Says what becomes of a packet for a host that sleeps. Layer UDP, IPv4 and IPv6. */
#include "netloom.h"

NETLOOM_RULE

NETLOOM_EXPORT(process_packet) uint8_t *process_packet(uint8_t *message) {
  netloom_packet packet;
  if (!netloom_read(&packet, message) || packet.protocol != NETLOOM_UDP) return netloom_ignore();
  /* Answer netloom_wake() to wake the host. This one sends every datagram back to its sender. */
  return netloom_turn_around(&packet) ? netloom_respond(message) : netloom_ignore();
}
