/*
 * The SDK for rules of the sleep proxy in C, in one header: packets read where they stand, checksums, answers. Built with
 *   clang --target=wasm32 -O3 -mbulk-memory -I<this folder> -c -o rule.o rule.c
 *   wasm-ld --no-entry -o rule.wasm rule.o
 * or `netloom module build rule.c`. A rule includes it once, says NETLOOM_RULE, and defines process_packet:
 *
 *   #include "netloom.h"
 *   NETLOOM_RULE
 *   NETLOOM_EXPORT(process_packet) uint8_t *process_packet(uint8_t *message) { ... }
 */
#ifndef NETLOOM_H
#define NETLOOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NETLOOM_EXPORT(name) __attribute__((export_name(#name)))
#define NETLOOM_IMPORT(name) __attribute__((import_module("netloom"), import_name(#name)))

enum { NETLOOM_ICMP = 1, NETLOOM_IGMP = 2, NETLOOM_TCP = 6, NETLOOM_UDP = 17, NETLOOM_ICMPV6 = 58 };

/* Milliseconds since some fixed moment; never goes backwards. */
NETLOOM_IMPORT(now_ms) double netloom_now_ms(void);
/* Prints a line to the log of the daemon, or of `netloom module test`. */
NETLOOM_IMPORT(log) void netloom_log(const char *text, uint32_t length);

/* Frames (raw: true in the Rule) and not network packets; set by the default configure. */
extern bool netloom_raw;

/*
 * What every rule exports besides process_packet. The host asks for one block at a time; in front of it lies room for an
 * answer's header, so that a packet that is changed where it stands becomes an answer without being copied.
 */
enum { netloom_headroom = 16, netloom_block_bytes = 65600 };
#define NETLOOM_RULE_WITH_CONFIG                                                                                       \
  bool netloom_raw = false;                                                                                            \
  static uint8_t netloom_block[netloom_headroom + netloom_block_bytes] __attribute__((aligned(16)));                   \
  static bool netloom_block_taken = false;                                                                             \
  NETLOOM_EXPORT(allocate) uint8_t *allocate(uint32_t length) {                                                        \
    if (netloom_block_taken || length > netloom_block_bytes) return NULL;                                              \
    netloom_block_taken = true;                                                                                        \
    return netloom_block + netloom_headroom;                                                                           \
  }                                                                                                                    \
  NETLOOM_EXPORT(deallocate) void deallocate(uint8_t *block) {                                                         \
    (void)block;                                                                                                       \
    netloom_block_taken = false;                                                                                       \
  }
#define NETLOOM_RULE                                                                                                   \
  NETLOOM_RULE_WITH_CONFIG                                                                                             \
  NETLOOM_EXPORT(configure) uint8_t *configure(const char *text, uint32_t length, uint32_t flags) {                    \
    (void)text;                                                                                                        \
    (void)length;                                                                                                      \
    netloom_raw = (flags & 1) != 0;                                                                                    \
    return NULL;                                                                                                       \
  }

/* Integers in network byte order, at any address. */
static inline uint32_t netloom_load16(const uint8_t *at) { return (uint32_t)at[0] << 8 | at[1]; }
static inline uint32_t netloom_load32(const uint8_t *at) { return netloom_load16(at) << 16 | netloom_load16(at + 2); }
static inline void netloom_store16(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)(value >> 8);
  at[1] = (uint8_t)value;
}
static inline void netloom_store32(uint8_t *at, uint32_t value) {
  netloom_store16(at, value >> 16);
  netloom_store16(at + 2, value);
}

/* Integers as the host reads and writes them: little-endian. */
static inline uint32_t netloom_host32(const uint8_t *at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}
static inline void netloom_store_host32(uint8_t *at, uint32_t value) {
  for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> 8 * i);
}

static inline bool netloom_same(const void *a, const void *b, uint32_t length) {
  for (uint32_t i = 0; i < length; i++)
    if (((const uint8_t *)a)[i] != ((const uint8_t *)b)[i]) return false;
  return true;
}

/* Answers (sloth-sleep-proxy 3.7.2). A message is a size (little-endian) and that many bytes, with headroom in front. */
static inline uint8_t *netloom_ignore(void) {
  static uint8_t answer[1] = {0};
  return answer;
}
static inline uint8_t *netloom_wake(void) {
  static uint8_t answer[1] = {1};
  return answer;
}
static inline uint8_t *netloom_respond(uint8_t *message) {
  message[-1] = 2;
  return message - 1;
}
static inline uint8_t *netloom_respond_later(uint8_t *message, uint32_t delay_ms) {
  netloom_store_host32(message - 4, delay_ms);
  message[-5] = 4;
  return message - 5;
}

/* Packets kept as they will be answered (opcode 3), in room of the rule's own. */
typedef struct {
  uint8_t *room;
  uint32_t capacity, used, count;
} netloom_batch;

static inline void netloom_batch_clear(netloom_batch *batch) {
  batch->used = 5;
  batch->count = 0;
}
/* Keeps a copy; false when there is no room for it. */
static inline bool netloom_batch_add(netloom_batch *batch, const uint8_t *bytes, uint32_t length) {
  if (batch->used < 5) netloom_batch_clear(batch);
  if (length == 0 || batch->capacity < batch->used + 4 || length > batch->capacity - batch->used - 4) return false;
  netloom_store_host32(batch->room + batch->used, length);
  __builtin_memcpy(batch->room + batch->used + 4, bytes, length);
  batch->used += 4 + length;
  batch->count++;
  return true;
}
static inline uint8_t *netloom_respond_batch(netloom_batch *batch) {
  if (batch->used < 5) netloom_batch_clear(batch);
  batch->room[0] = 3;
  netloom_store_host32(batch->room + 1, batch->count);
  return batch->room;
}
/* The same with a delay for each packet (opcode 5): a batch has all of its packets by this, or none. */
static inline bool netloom_batch_add_later(netloom_batch *batch, const uint8_t *bytes, uint32_t length,
                                           uint32_t delay_ms) {
  if (batch->used < 5) netloom_batch_clear(batch);
  if (length == 0 || batch->capacity < batch->used + 8 || length > batch->capacity - batch->used - 8) return false;
  netloom_store_host32(batch->room + batch->used, delay_ms);
  netloom_store_host32(batch->room + batch->used + 4, length);
  __builtin_memcpy(batch->room + batch->used + 8, bytes, length);
  batch->used += 8 + length;
  batch->count++;
  return true;
}
static inline uint8_t *netloom_respond_batch_later(netloom_batch *batch) {
  netloom_respond_batch(batch)[0] = 5;
  return batch->room;
}

/*
 * What a rule with stream: true does to its connections, in room of the rule's own. Such a rule exports stream_data, and
 * may export stream_open, stream_end and stream_close.
 */
typedef struct {
  uint8_t *room;
  uint32_t capacity, used, count;
} netloom_streams;

static inline void netloom_streams_begin(netloom_streams *s) {
  s->used = 5;
  s->count = 0;
}
static inline bool netloom_stream_head(netloom_streams *s, uint8_t kind, uint32_t connection, uint32_t rest) {
  if (s->used < 5) netloom_streams_begin(s);
  if (s->capacity < s->used + 5 || rest > s->capacity - s->used - 5) return false;
  s->room[s->used] = kind;
  netloom_store_host32(s->room + s->used + 1, connection);
  s->used += 5;
  s->count++;
  return true;
}
static inline bool netloom_stream_bytes(netloom_streams *s, uint8_t kind, uint32_t connection, const void *bytes,
                                        uint32_t length) {
  if (length > s->capacity || !netloom_stream_head(s, kind, connection, 4 + length)) return false;
  netloom_store_host32(s->room + s->used, length);
  __builtin_memcpy(s->room + s->used + 4, bytes, length);
  s->used += 4 + length;
  return true;
}
/* Each is false when there is no room for it. A close comes after all that was sent; a reset breaks off at once. */
static inline bool netloom_stream_send(netloom_streams *s, uint32_t connection, const void *bytes, uint32_t length) {
  return netloom_stream_bytes(s, 1, connection, bytes, length);
}
static inline bool netloom_stream_close(netloom_streams *s, uint32_t connection) {
  return netloom_stream_head(s, 2, connection, 0);
}
static inline bool netloom_stream_reset(netloom_streams *s, uint32_t connection) {
  return netloom_stream_head(s, 3, connection, 0);
}
/* Wakes the host and gives it the connection; it is to read these bytes first. */
static inline bool netloom_stream_hand_over(netloom_streams *s, uint32_t connection, const void *bytes,
                                            uint32_t length) {
  return netloom_stream_bytes(s, 4, connection, bytes, length);
}
/* Wakes the host, and leaves the connections to the rule. */
static inline bool netloom_stream_wake(netloom_streams *s) { return netloom_stream_head(s, 5, 0, 0); }
static inline uint8_t *netloom_streams_finish(netloom_streams *s) {
  if (s->used < 5) netloom_streams_begin(s);
  s->room[0] = 6;
  netloom_store_host32(s->room + 1, s->count);
  return s->room;
}

/* The Internet checksum (RFC 1071): add stretches, of which only the last may be odd, then store the result. */
static inline uint32_t netloom_checksum_add(const uint8_t *at, uint32_t length, uint32_t sum) {
  uint64_t wide = sum;
  for (; length > 1; length -= 2, at += 2) wide += netloom_load16(at);
  if (length) wide += (uint32_t)*at << 8;
  while (wide > 0xffffffff) wide = (wide & 0xffffffff) + (wide >> 32);
  return (uint32_t)wide;
}
static inline uint32_t netloom_checksum(uint32_t sum) {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}
/* Mends the checksum at `field` after a 16-bit word that it covers went from `was` to `is` (RFC 1624, equation 3). */
static inline void netloom_checksum_update(uint8_t *field, uint32_t was, uint32_t is) {
  netloom_store16(field, netloom_checksum((~netloom_load16(field) & 0xffff) + (~was & 0xffff) + is));
}

/* A packet, where it stands. After netloom_read has answered true, every pointer is inside it. */
typedef struct {
  uint8_t *message;          /* a size, then the packet */
  uint8_t *start, *end;      /* its first byte, and the one behind its last, without padding */
  uint8_t *link;             /* Ethernet header, or NULL for network packets */
  uint8_t *network;          /* IP header of this version */
  uint32_t version;
  uint8_t *transport;        /* the header behind IP's and its extensions, and whose it is */
  uint32_t protocol;
  uint8_t *payload;          /* behind the header of UDP, TCP or ICMP; else the same as transport */
  bool is_fragment;
} netloom_packet;

static inline uint8_t *netloom_source(const netloom_packet *p) { return p->network + (p->version == 6 ? 8 : 12); }
static inline uint8_t *netloom_destination(const netloom_packet *p) { return p->network + (p->version == 6 ? 24 : 16); }

static inline bool netloom_read_ipv4(netloom_packet *p) {
  uint32_t header = (p->network[0] & 15) * 4u, length = netloom_load16(p->network + 2);
  if (header < 20 || length < header || length > (uint32_t)(p->end - p->network)) return false;
  p->end = p->network + length;
  p->is_fragment = (netloom_load16(p->network + 6) & 0x3fff) != 0;
  p->protocol = p->network[9];
  p->transport = p->network + header;
  return true;
}

static inline bool netloom_read_ipv6(netloom_packet *p) {
  if (p->end - p->network < 40) return false;
  uint32_t length = netloom_load16(p->network + 4) + 40;
  if (length > (uint32_t)(p->end - p->network)) return false;
  p->end = p->network + length;
  p->protocol = p->network[6];
  p->transport = p->network + 40;
  for (int i = 0; i < 8; i++) {
    uint32_t kind = p->protocol, size;
    if (kind != 0 && kind != 43 && kind != 44 && kind != 51 && kind != 60) return true;
    if (p->end - p->transport < 8) return false;
    if (kind == 44 && (netloom_load16(p->transport + 2) & 0xfff9) != 0) p->is_fragment = true;
    size = kind == 44 ? 8 : kind == 51 ? (p->transport[1] + 2) * 4u : (p->transport[1] + 1) * 8u;
    if (size > (uint32_t)(p->end - p->transport)) return false;
    p->protocol = p->transport[0];
    p->transport += size;
  }
  return false;
}

static inline bool netloom_read_transport(netloom_packet *p) {
  uint32_t room = (uint32_t)(p->end - p->transport), header = 0;
  p->payload = p->transport;
  if (p->is_fragment) return true;
  switch (p->protocol) {
    case NETLOOM_UDP:
      if (room < 8 || netloom_load16(p->transport + 4) != room) return false;
      header = 8;
      break;
    case NETLOOM_TCP:
      if (room < 20) return false;
      header = (p->transport[12] >> 4) * 4u;
      if (header < 20) return false;
      break;
    case NETLOOM_ICMP:
    case NETLOOM_ICMPV6:
    case NETLOOM_IGMP:
      header = 8;
      break;
  }
  if (header > room) return false;
  p->payload = p->transport + header;
  return true;
}

/* Reads a message as the host hands it over; false when it is no IP packet, or one that contradicts itself. */
static inline bool netloom_read(netloom_packet *p, uint8_t *message) {
  *p = (netloom_packet){.message = message, .start = message + 4, .network = message + 4};
  p->end = p->start + netloom_host32(message);
  if (netloom_raw) {
    if (p->end - p->start < 18) return false;
    uint8_t *type = p->start + 12;
    if (netloom_load16(type) == 0x8100) type += 4;
    if (netloom_load16(type) != 0x0800 && netloom_load16(type) != 0x86dd) return false;
    p->link = p->start;
    p->network = type + 2;
  }
  if (p->end - p->network < 20) return false;
  p->version = p->network[0] >> 4;
  if (p->version == 4) return netloom_read_ipv4(p) && netloom_read_transport(p);
  return p->version == 6 && netloom_read_ipv6(p) && netloom_read_transport(p);
}

static inline bool netloom_is_multicast(const uint8_t *address, uint32_t version) {
  return version == 6 ? address[0] == 0xff : address[0] >= 224;
}
static inline bool netloom_is_zero(const uint8_t *address, uint32_t version) {
  for (uint32_t i = 0; i < (version == 6 ? 16u : 4u); i++)
    if (address[i] != 0) return false;
  return true;
}

/* Whole, from one host to one host, and without IP options or extension headers, which an answer must not repeat. */
static inline bool netloom_is_answerable(const netloom_packet *p) {
  return p->transport == p->network + (p->version == 6 ? 40 : 20) && !p->is_fragment &&
         !netloom_is_multicast(netloom_destination(p), p->version) &&
         !netloom_is_multicast(netloom_source(p), p->version) && !netloom_is_zero(netloom_source(p), p->version);
}

static inline void netloom_swap(uint8_t *a, uint8_t *b, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) {
    uint8_t kept = a[i];
    a[i] = b[i];
    b[i] = kept;
  }
}

/*
 * Turns the packet, where it stands, into one that goes back to its sender: MAC addresses, IP addresses and ports change
 * places, the time to live starts anew. Checksums that were right stay right. False when it is not answerable.
 */
static inline bool netloom_turn_around(netloom_packet *p) {
  if (!netloom_is_answerable(p)) return false;
  if (p->link) netloom_swap(p->link, p->link + 6, 6);
  netloom_swap(netloom_source(p), netloom_destination(p), p->version == 6 ? 16 : 4);
  if (p->protocol == NETLOOM_UDP || p->protocol == NETLOOM_TCP) netloom_swap(p->transport, p->transport + 2, 2);
  if (p->version == 6) {
    p->network[7] = 64;
  } else {
    uint32_t was = netloom_load16(p->network + 8);
    p->network[8] = 64;
    netloom_checksum_update(p->network + 10, was, netloom_load16(p->network + 8));
  }
  netloom_store_host32(p->message, (uint32_t)(p->end - p->start));
  return true;
}

/*
 * A whole number of the configuration: the member `name` of its outermost object, or `otherwise` when it is not there or
 * not a number. The host writes the JSON text without spaces.
 */
static inline int64_t netloom_config_integer(const char *text, uint32_t length, const char *name, int64_t otherwise) {
  uint32_t depth = 0;
  for (uint32_t at = 0; at < length; at++) {
    if (text[at] == '{' || text[at] == '[') depth++;
    if ((text[at] == '}' || text[at] == ']') && depth > 0) depth--;
    if (text[at] != '"') continue;
    uint32_t start = ++at, matched = 0;
    for (; at < length && text[at] != '"'; at += text[at] == '\\' ? 2 : 1) {
    }
    while (name[matched] && start + matched < at && text[start + matched] == name[matched]) matched++;
    if (depth != 1 || name[matched] || start + matched != at || at + 1 >= length || text[at + 1] != ':') continue;
    at += 2;
    bool negative = at < length && text[at] == '-';
    if (negative) at++;
    if (at >= length || text[at] < '0' || text[at] > '9') return otherwise;
    int64_t value = 0;
    for (uint32_t digits = 0; at < length && text[at] >= '0' && text[at] <= '9'; at++) {
      if (++digits > 18) return otherwise;
      value = value * 10 + text[at] - '0';
    }
    if (at < length && (text[at] == '.' || text[at] == 'e' || text[at] == 'E')) return otherwise;
    return negative ? -value : value;
  }
  return otherwise;
}

#endif
