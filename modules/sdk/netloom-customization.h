/*
 * The SDK for customizations in C (docs/decisions/0016): messages read where they stand, answers in pieces. A customization
 * includes it once, says NETLOOM_CUSTOMIZATION, and defines cust_send or cust_recv or both:
 *
 *   #include "netloom-customization.h"
 *   NETLOOM_CUSTOMIZATION
 *   NETLOOM_EXPORT(cust_send) uint8_t *cust_send(uint32_t flow, uint8_t *block, const uint8_t *context) { ... }
 *
 * One that can be challenged includes "netloom-security.h" too.
 */
#ifndef NETLOOM_CUSTOMIZATION_H
#define NETLOOM_CUSTOMIZATION_H

#include "netloom.h"

extern unsigned char __heap_base;

/* This end of the flows receives; set by the default configure. */
extern bool netloom_receiver;

/*
 * The host's blocks, of which it may hold several: each of the next power of two, in a list by size when it is given back.
 */
enum { netloom_block_classes = 24, netloom_block_head = 16, netloom_page_bytes = 65536 };
static uint8_t *netloom_free_blocks[netloom_block_classes];
static uint8_t *netloom_heap_top;

static inline uint8_t *netloom_take_block(uint32_t length) {
  uint32_t kind = 5;
  while (kind < netloom_block_classes && (1u << kind) - netloom_block_head < length) kind++;
  if (kind == netloom_block_classes) return NULL;
  uint8_t *block = netloom_free_blocks[kind];
  if (block) {
    netloom_free_blocks[kind] = *(uint8_t **)block;
    return block;
  }
  if (!netloom_heap_top) netloom_heap_top = (uint8_t *)(((uintptr_t)&__heap_base + 15) & ~(uintptr_t)15);
  uintptr_t end = (uintptr_t)netloom_heap_top + (1u << kind);
  uintptr_t have = __builtin_wasm_memory_size(0) * (uintptr_t)netloom_page_bytes;
  if (end > have && __builtin_wasm_memory_grow(0, (end - have + netloom_page_bytes - 1) / netloom_page_bytes) == (size_t)-1)
    return NULL;
  block = netloom_heap_top + netloom_block_head;
  *(uint32_t *)netloom_heap_top = kind;
  netloom_heap_top = (uint8_t *)end;
  return block;
}

static inline void netloom_give_block(uint8_t *block) {
  uint32_t kind = *(uint32_t *)(block - netloom_block_head);
  *(uint8_t **)block = netloom_free_blocks[kind];
  netloom_free_blocks[kind] = block;
}

#define NETLOOM_CUSTOMIZATION_WITH_CONFIG                                                                              \
  bool netloom_raw = false;                                                                                            \
  bool netloom_receiver = false;                                                                                       \
  NETLOOM_EXPORT(allocate) uint8_t *allocate(uint32_t length) { return netloom_take_block(length); }                   \
  NETLOOM_EXPORT(deallocate) void deallocate(uint8_t *block) { netloom_give_block(block); }
#define NETLOOM_CUSTOMIZATION                                                                                          \
  NETLOOM_CUSTOMIZATION_WITH_CONFIG                                                                                    \
  NETLOOM_EXPORT(configure) uint8_t *configure(const char *text, uint32_t length, uint32_t flags) {                    \
    (void)text;                                                                                                        \
    (void)length;                                                                                                      \
    netloom_receiver = (flags & 1) != 0;                                                                               \
    return NULL;                                                                                                       \
  }

/* A datagram's payload, or the bytes of a stream that are not consumed yet, and whose they are. */
typedef struct {
  uint32_t flow, length;
  uint8_t *start, *end;
  const uint8_t *context;
} netloom_message;

static inline netloom_message netloom_read_message(uint32_t flow, uint8_t *block, const uint8_t *context) {
  uint32_t length = netloom_host32(block);
  return (netloom_message){flow, length, block + 4, block + 4 + length, context};
}
static inline bool netloom_is_udp(const netloom_message *m) { return m->context[4] == NETLOOM_UDP; }
static inline bool netloom_is_tcp(const netloom_message *m) { return m->context[4] == NETLOOM_TCP; }
/* The stream ends behind these bytes. */
static inline bool netloom_is_end(const netloom_message *m) { return (m->context[0] & 1) != 0; }
/* The customization is deactivated: the answer will not be used. */
static inline bool netloom_is_inactive(const netloom_message *m) { return (m->context[0] & 2) != 0; }
/* The flow was attached while it ran. */
static inline bool netloom_is_attached_late(const netloom_message *m) { return (m->context[0] & 4) != 0; }
/* No more bytes came in the time that netloom_more gave for them. */
static inline bool netloom_has_waited(const netloom_message *m) { return (m->context[0] & 8) != 0; }
static inline uint32_t netloom_local_port(const netloom_message *m) { return m->context[8] | m->context[9] << 8; }
static inline uint32_t netloom_remote_port(const netloom_message *m) { return m->context[10] | m->context[11] << 8; }
static inline uint32_t netloom_process(const netloom_message *m) { return netloom_host32(m->context + 44); }
/* Names of the thread that uses the socket, and of its process; ended by a zero. */
static inline const char *netloom_task(const netloom_message *m) { return (const char *)m->context + 48; }
static inline const char *netloom_group(const netloom_message *m) { return (const char *)m->context + 64; }
static inline bool netloom_starts_with(const netloom_message *m, const void *bytes, uint32_t length) {
  return m->length >= length && netloom_same(m->start, bytes, length);
}

/*
 * Answers. `consumed` says how many bytes of a stream one is about, from the first on; 0 is all of them, and a datagram is always
 * meant whole. Pieces are not copied: they lie in the message or elsewhere until the next call.
 */
enum { netloom_pieces_max = 4096 };
static struct {
  uint32_t verdict, consumed, delay_ms, count;
  struct {
    const void *start;
    uint32_t length;
  } pieces[netloom_pieces_max];
} netloom_answer;

static inline uint8_t *netloom_say(uint32_t verdict, uint32_t consumed, uint32_t delay_ms, uint32_t count) {
  netloom_answer.verdict = verdict;
  netloom_answer.consumed = consumed;
  netloom_answer.delay_ms = delay_ms;
  netloom_answer.count = count;
  return (uint8_t *)&netloom_answer;
}
static inline void netloom_begin(void) { netloom_answer.count = 0; }
/* False when there is room for no more pieces. */
static inline bool netloom_add(const void *start, uint32_t length) {
  if (length == 0) return true;
  if (netloom_answer.count == netloom_pieces_max) return false;
  netloom_answer.pieces[netloom_answer.count].start = start;
  netloom_answer.pieces[netloom_answer.count++].length = length;
  return true;
}
static inline uint8_t *netloom_customized(uint32_t consumed) {
  return netloom_say(1, consumed, 0, netloom_answer.count);
}
static inline uint8_t *netloom_not_mine(uint32_t consumed) { return netloom_say(0, consumed, 0, 0); }
static inline uint8_t *netloom_drop(uint32_t consumed) { return netloom_say(2, consumed, 0, 0); }
/* More bytes are to come before this can be told; with `wait_ms`, so long at most, and then it is asked again. */
static inline uint8_t *netloom_more(uint32_t wait_ms) { return netloom_say(3, 0, wait_ms, 0); }

#endif
