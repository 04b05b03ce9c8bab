/*
 * The work of the standard rules udp-check, udp-checksum, udp-substring, udp-sha256 and udp-aes256 (modules/rules/) in a
 * program with one UDP socket: the same algorithms, without the processor's instructions for them. The kernel renews the
 * UDP checksum of whatever it sends.
 *   usage: udp-work PORT check|checksum|substring|sha256|aes256
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { rounds = 14 };
static uint32_t round_keys[60], column[256];
static uint8_t box[256];

static uint32_t rotr(uint32_t value, int by) { return value >> by | value << (32 - by); }
static uint32_t rotl(uint32_t value, int by) { return value << by | value >> (32 - by); }
static uint32_t load(const uint8_t *at) { return (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3]; }
static void store(uint8_t *at, uint32_t value) {
	value = htonl(value);
	memcpy(at, &value, 4);
}

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static void sha256_block(uint32_t *state, const uint8_t *at) {
	uint32_t w[64], s[8];
	for (int i = 0; i < 16; i++) w[i] = load(at + 4 * i);
	for (int i = 16; i < 64; i++)
		w[i] = w[i - 16] + (rotr(w[i - 15], 7) ^ rotr(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] +
		       (rotr(w[i - 2], 17) ^ rotr(w[i - 2], 19) ^ w[i - 2] >> 10);
	memcpy(s, state, sizeof s);
	for (int i = 0; i < 64; i++) {
		uint32_t t1 = s[7] + (rotr(s[4], 6) ^ rotr(s[4], 11) ^ rotr(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + constants[i] + w[i];
		uint32_t t2 = (rotr(s[0], 2) ^ rotr(s[0], 13) ^ rotr(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
		memmove(s + 1, s, 7 * sizeof *s);
		s[4] += t1;
		s[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++) state[i] += s[i];
}

static void sha256(uint8_t *data, size_t length) {
	uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
	uint8_t last[128] = {0}, digest[32];
	size_t whole = length & ~63ul, rest = length & 63, padded = rest < 56 ? 64 : 128;
	for (size_t at = 0; at < whole; at += 64) sha256_block(state, data + at);
	memcpy(last, data + whole, rest);
	last[rest] = 0x80;
	store(last + padded - 4, length << 3);
	for (size_t at = 0; at < padded; at += 64) sha256_block(state, last + at);
	for (int i = 0; i < 8; i++) store(digest + 4 * i, state[i]);
	memcpy(data, digest, length < 32 ? length : 32);
}

static uint8_t twice(uint8_t value) { return value << 1 ^ (value & 0x80 ? 0x1b : 0); }

static uint32_t substituted(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
	return (uint32_t)box[a >> 24] << 24 | box[b >> 16 & 255] << 16 | box[c >> 8 & 255] << 8 | box[d & 255];
}

static uint32_t mixed(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
	return column[a >> 24] ^ rotr(column[b >> 16 & 255], 8) ^ rotr(column[c >> 8 & 255], 16) ^ rotr(column[d & 255], 24);
}

/* The substitution box (FIPS 197, 5.1.1) from powers of 3 and of its inverse; then the key schedule (5.2) of key 00 01 .. 1f. */
static void prepare_aes(void) {
	uint8_t p = 1, q = 1;
	do {
		p ^= twice(p);
		q ^= q << 1;
		q ^= q << 2;
		q ^= q << 4;
		if (q & 0x80) q ^= 0x09;
		uint16_t two = q | q << 8;
		box[p] = (two ^ two >> 7 ^ two >> 6 ^ two >> 5 ^ two >> 4 ^ 0x63) & 255;
	} while (p != 1);
	box[0] = 0x63;
	for (int i = 0; i < 256; i++) {
		uint8_t once = box[i], doubled = twice(once);
		column[i] = (uint32_t)doubled << 24 | once << 16 | once << 8 | (doubled ^ once);
	}
	for (int i = 0, constant = 1; i < 60; i++) {
		uint32_t word = i < 8 ? 0x00010203u + 0x04040404u * i : round_keys[i - 1];
		if (i >= 8 && i % 8 == 0) {
			word = rotl(word, 8);
			word = substituted(word, word, word, word) ^ (uint32_t)constant << 24;
			constant <<= 1;
		} else if (i >= 8 && i % 8 == 4) word = substituted(word, word, word, word);
		round_keys[i] = i < 8 ? word : word ^ round_keys[i - 8];
	}
}

static void keystream(uint8_t *into, uint32_t counter) {
	const uint32_t *key = round_keys;
	uint32_t a = key[0], b = key[1], c = key[2], d = key[3] ^ counter;
	for (int round = 1; round < rounds; round++) {
		key += 4;
		uint32_t e = mixed(a, b, c, d) ^ key[0], f = mixed(b, c, d, a) ^ key[1], g = mixed(c, d, a, b) ^ key[2];
		d = mixed(d, a, b, c) ^ key[3];
		a = e, b = f, c = g;
	}
	store(into, substituted(a, b, c, d) ^ key[4]);
	store(into + 4, substituted(b, c, d, a) ^ key[5]);
	store(into + 8, substituted(c, d, a, b) ^ key[6]);
	store(into + 12, substituted(d, a, b, c) ^ key[7]);
}

static void aes256(uint8_t *data, size_t length) {
	uint8_t stream[16];
	for (size_t at = 0, counter = 0; at < length; at += 16) {
		keystream(stream, counter++);
		for (size_t i = 0; i < 16 && at + i < length; i++) data[at + i] ^= stream[i];
	}
}

static int contains(const uint8_t *data, size_t length) {
	for (size_t at = 0; at + 6 <= length; at++)
		if (data[at] == 'n' && !memcmp(data + at, "needle", 6)) return 1;
	return 0;
}

int main(int count, char **arguments) {
	if (count != 3) return fprintf(stderr, "usage: udp-work PORT WORK\n"), 2;
	const char *work = arguments[2];
	int fd = socket(AF_INET, SOCK_DGRAM, 0), bytes = 8 << 20;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
	struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
	if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof local)) return perror("udp-work"), 1;
	prepare_aes();
	puts("ready");
	fflush(stdout);
	static uint8_t datagram[65536];
	for (;;) {
		struct sockaddr_in from;
		socklen_t size = sizeof from;
		ssize_t length = recvfrom(fd, datagram, sizeof datagram, 0, (struct sockaddr *)&from, &size);
		if (length < 0 && errno != EINTR) return perror("udp-work"), 1;
		if (length < 0) continue;
		if (!strcmp(work, "check") && *(uint8_t *)&from.sin_addr != 10) continue;
		if (!strcmp(work, "checksum") && length > 0) datagram[0]++;
		if (!strcmp(work, "substring") && contains(datagram, length)) continue;
		if (!strcmp(work, "sha256")) sha256(datagram, length);
		if (!strcmp(work, "aes256")) aes256(datagram, length);
		sendto(fd, datagram, length, 0, (struct sockaddr *)&from, size);
	}
}
