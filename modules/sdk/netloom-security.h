/*
 * Challenge and response for customizations in C (layer-4.5 2.3 and 3.3): a challenge is 16 bytes of IV and AES-256-CBC
 * ciphertext; what is in it, with the id of this instance behind it (4 bytes, most significant first), is the response, encrypted
 * alike under another IV. A customization says NETLOOM_SECURITY once.
 */
#ifndef NETLOOM_SECURITY_H
#define NETLOOM_SECURITY_H

#include "netloom.h"

enum { netloom_aes_rounds = 14, netloom_response_max = 4096 };

/* AES-256 (FIPS 197), byte by byte: a challenge has a few blocks. */
typedef struct {
  uint8_t keys[16 * (netloom_aes_rounds + 1)];
} netloom_aes;

static uint8_t netloom_aes_box[256], netloom_aes_inverse[256];

static inline uint8_t netloom_aes_double(uint8_t x) { return (uint8_t)(x << 1 ^ (x & 0x80 ? 0x1b : 0)); }
static inline uint8_t netloom_aes_times(uint8_t x, uint8_t y) {
  uint8_t product = 0;
  for (; y; y >>= 1, x = netloom_aes_double(x))
    if (y & 1) product ^= x;
  return product;
}
static inline uint8_t netloom_rotate8(uint8_t x, int by) { return (uint8_t)(x << by | x >> (8 - by)); }

static inline void netloom_aes_make_boxes(void) {
  uint8_t p = 1, q = 1;
  do {
    p ^= netloom_aes_double(p);
    q ^= (uint8_t)(q << 1);
    q ^= (uint8_t)(q << 2);
    q ^= (uint8_t)(q << 4);
    if (q & 0x80) q ^= 0x09;
    netloom_aes_box[p] = (uint8_t)(q ^ netloom_rotate8(q, 1) ^ netloom_rotate8(q, 2) ^ netloom_rotate8(q, 3) ^
                                   netloom_rotate8(q, 4) ^ 0x63);
  } while (p != 1);
  netloom_aes_box[0] = 0x63;
  for (int i = 0; i < 256; i++) netloom_aes_inverse[netloom_aes_box[i]] = (uint8_t)i;
}

static inline void netloom_aes_expand(netloom_aes *aes, const uint8_t *key) {
  uint8_t constant = 1, *w = aes->keys;
  __builtin_memcpy(w, key, 32);
  for (uint32_t i = 32; i < sizeof aes->keys; i += 4) {
    uint8_t t[4] = {w[i - 4], w[i - 3], w[i - 2], w[i - 1]};
    if (i % 32 == 0) {
      uint8_t first = t[0];
      for (int j = 0; j < 3; j++) t[j] = t[j + 1];
      t[3] = first;
    }
    if (i % 16 == 0)
      for (int j = 0; j < 4; j++) t[j] = netloom_aes_box[t[j]];
    if (i % 32 == 0) {
      t[0] ^= constant;
      constant = netloom_aes_double(constant);
    }
    for (int j = 0; j < 4; j++) w[i + j] = w[i + j - 32] ^ t[j];
  }
}

static inline void netloom_xor_block(uint8_t *target, const uint8_t *other) {
  for (int i = 0; i < 16; i++) target[i] ^= other[i];
}

static inline void netloom_aes_encrypt(const netloom_aes *aes, uint8_t *block) {
  netloom_xor_block(block, aes->keys);
  for (int round = 1; round <= netloom_aes_rounds; round++) {
    uint8_t s[16];
    for (int i = 0; i < 16; i++) s[i] = netloom_aes_box[block[(i + 4 * (i % 4)) % 16]];
    for (int i = 0; i < 16; i++) {
      const uint8_t *c = s + i / 4 * 4;
      block[i] = round == netloom_aes_rounds
                     ? s[i]
                     : (uint8_t)(netloom_aes_double(c[i % 4]) ^ netloom_aes_double(c[(i + 1) % 4]) ^ c[(i + 1) % 4] ^
                                 c[(i + 2) % 4] ^ c[(i + 3) % 4]);
    }
    netloom_xor_block(block, aes->keys + 16 * round);
  }
}

static inline void netloom_aes_decrypt(const netloom_aes *aes, uint8_t *block) {
  for (int round = netloom_aes_rounds; round > 0; round--) {
    uint8_t s[16];
    netloom_xor_block(block, aes->keys + 16 * round);
    for (int i = 0; i < 16; i++) {
      const uint8_t *c = block + i / 4 * 4;
      s[i] = round == netloom_aes_rounds
                 ? block[i]
                 : (uint8_t)(netloom_aes_times(c[i % 4], 14) ^ netloom_aes_times(c[(i + 1) % 4], 11) ^
                             netloom_aes_times(c[(i + 2) % 4], 13) ^ netloom_aes_times(c[(i + 3) % 4], 9));
    }
    for (int i = 0; i < 16; i++) block[(i + 4 * (i % 4)) % 16] = netloom_aes_inverse[s[i]];
  }
  netloom_xor_block(block, aes->keys);
}

static struct {
  netloom_aes key, iv_key;
  uint32_t id, challenges;
  bool initialized;
  uint8_t plain[netloom_response_max + 16], response[4 + netloom_response_max + 16];
} netloom_security;

/* Size, id, key. IVs are made under a key of their own, which follows from the given one. */
static inline void netloom_security_initialize(const uint8_t *block) {
  uint8_t derived[32];
  netloom_aes_make_boxes();
  netloom_security.id = netloom_host32(block + 4);
  netloom_aes_expand(&netloom_security.key, block + 8);
  for (int i = 0; i < 32; i++) derived[i] = (uint8_t)(0xa5 + i / 16);
  netloom_aes_encrypt(&netloom_security.key, derived);
  netloom_aes_encrypt(&netloom_security.key, derived + 16);
  netloom_aes_expand(&netloom_security.iv_key, derived);
  netloom_security.initialized = true;
}

/*
 * A guest knows nothing random. Its IV is a code (CBC-MAC) of how many challenges it has answered and the whole of this one: it
 * repeats only when, after a restart, the very same challenge does, and the response would be the same too.
 */
static inline void netloom_make_iv(uint8_t *iv, const uint8_t *challenge, uint32_t size) {
  __builtin_memset(iv, 0, 16);
  netloom_store_host32(iv, ++netloom_security.challenges);
  netloom_store_host32(iv + 8, size);
  netloom_aes_encrypt(&netloom_security.iv_key, iv);
  for (uint32_t at = 0; at < size; at += 16) {
    netloom_xor_block(iv, challenge + at);
    netloom_aes_encrypt(&netloom_security.iv_key, iv);
  }
}

/* NULL when the challenge is malformed, or padded wrongly, which means: under another key. */
static inline uint8_t *netloom_security_respond(const uint8_t *block) {
  uint32_t size = netloom_host32(block), length = size - 16;
  uint8_t *plain = netloom_security.plain, *made = netloom_security.response + 4, chain[16];
  if (!netloom_security.initialized || size < 32 || size % 16 != 0 || size > netloom_response_max - 16) return NULL;
  for (uint32_t at = 0; at < length; at += 16) {
    __builtin_memcpy(plain + at, block + 20 + at, 16);
    netloom_aes_decrypt(&netloom_security.key, plain + at);
    netloom_xor_block(plain + at, block + 4 + at);
  }
  uint32_t padding = plain[length - 1];
  if (padding == 0 || padding > 16) return NULL;
  for (uint32_t i = 1; i <= padding; i++)
    if (plain[length - i] != padding) return NULL;
  netloom_store32(plain + length - padding, netloom_security.id);
  length += 4 - padding;
  padding = 16 - length % 16;
  __builtin_memset(plain + length, (int)padding, padding);
  length += padding;
  netloom_make_iv(chain, block + 4, size);
  __builtin_memcpy(made, chain, 16);
  for (uint32_t at = 0; at < length; at += 16) {
    netloom_xor_block(chain, plain + at);
    netloom_aes_encrypt(&netloom_security.key, chain);
    __builtin_memcpy(made + 16 + at, chain, 16);
  }
  __builtin_memset(plain, 0, length);
  netloom_store_host32(netloom_security.response, 16 + length);
  return netloom_security.response;
}

#define NETLOOM_SECURITY                                                                                               \
  NETLOOM_EXPORT(sec_initialize) void sec_initialize(const uint8_t *block) { netloom_security_initialize(block); }     \
  NETLOOM_EXPORT(sec_respond) uint8_t *sec_respond(const uint8_t *block) { return netloom_security_respond(block); }

#endif
