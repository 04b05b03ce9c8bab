/* Says what becomes of a TCP connection to a host that sleeps. Layer TCP, stream: true. */
#include "netloom.h"

NETLOOM_RULE

static uint8_t room[4096];
static netloom_streams streams = {room, sizeof room, 0, 0};

NETLOOM_EXPORT(stream_data) uint8_t *stream_data(uint32_t connection, uint8_t *message) {
  const uint8_t *bytes = message + 4;
  uint32_t length = netloom_host32(message);
  netloom_streams_begin(&streams);
  /* This one answers a greeting by itself; for everything else the host is woken and given the connection. */
  if (length == 6 && netloom_same(bytes, "hello\n", 6)) netloom_stream_send(&streams, connection, "asleep\n", 7);
  else netloom_stream_hand_over(&streams, connection, bytes, length);
  return netloom_streams_finish(&streams);
}
