/* Puts a tag in front of each message that is sent, and takes it away where it arrives. UDP. */
#include "netloom-customization.h"
#include "netloom-security.h"

NETLOOM_CUSTOMIZATION
NETLOOM_SECURITY

/* Long enough that no message of an application begins like it. */
static const char tag[32] = "netloom: a tag of 32 bytes, mine";

NETLOOM_EXPORT(cust_send) uint8_t *cust_send(uint32_t flow, uint8_t *block, const uint8_t *context) {
  netloom_message m = netloom_read_message(flow, block, context);
  if (!netloom_is_udp(&m) || netloom_receiver) return netloom_not_mine(0);
  netloom_begin();
  netloom_add(tag, sizeof tag);
  netloom_add(m.start, m.length);
  return netloom_customized(0);
}

NETLOOM_EXPORT(cust_recv) uint8_t *cust_recv(uint32_t flow, uint8_t *block, const uint8_t *context) {
  netloom_message m = netloom_read_message(flow, block, context);
  if (!netloom_is_udp(&m) || !netloom_starts_with(&m, tag, sizeof tag)) return netloom_not_mine(0);
  netloom_begin();
  netloom_add(m.start + sizeof tag, m.length - sizeof tag);
  return netloom_customized(0);
}
