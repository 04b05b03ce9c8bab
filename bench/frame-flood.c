/*
 * Sends UDP datagrams in Ethernet frames, RATE a second or as fast as one processor can, from a packet ring, and prints how many were sent and
 * how many frames came back a second meanwhile, by the interface's counter. It reads no answers, and its datagrams have no
 * checksum: what sending and receiving cost here is not to be the limit of what is measured.
 *   usage: frame-flood INTERFACE BYTES SECONDS PORT FROM TO FROM-MAC TO-MAC [RATE]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

enum { slot = 2048, slots = 512, batch = 64, headers = 42 };

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static long received(const char *interface) {
	char line[512];
	long count = -1;
	FILE *file = fopen("/proc/thread-self/net/dev", "r");
	while (file && fgets(line, sizeof line, file)) {
		char name[64];
		long bytes, packets;
		if (sscanf(line, " %63[^:]: %ld %ld", name, &bytes, &packets) == 3 && !strcmp(name, interface)) count = packets;
	}
	if (file) fclose(file);
	return count;
}

static unsigned short checksum(const unsigned char *data, int bytes) {
	unsigned sum = 0;
	for (int i = 0; i < bytes; i += 2) sum += data[i] << 8 | data[i + 1];
	while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

int main(int count, char **arguments) {
	if (count != 9 && count != 10) return fprintf(stderr, "usage: frame-flood INTERFACE BYTES SECONDS PORT FROM TO FROM-MAC TO-MAC [RATE]\n"), 2;
	const char *interface = arguments[1];
	int bytes = atoi(arguments[2]), fd = socket(AF_PACKET, SOCK_RAW, 0), version = TPACKET_V2, one = 1;
	double seconds = atof(arguments[3]), rate = count == 10 ? atof(arguments[9]) : 1e12;
	struct tpacket_req request = {.tp_block_size = slot * 32, .tp_block_nr = slots / 32, .tp_frame_size = slot, .tp_frame_nr = slots};
	struct sockaddr_ll link = {.sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(interface)};
	if (fd < 0 || bytes > 1400 || setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) ||
	    setsockopt(fd, SOL_PACKET, PACKET_TX_RING, &request, sizeof request) || setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one) ||
	    bind(fd, (struct sockaddr *)&link, sizeof link))
		return perror("frame-flood"), 1;
	unsigned char *ring = mmap(NULL, slot * slots, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), frame[slot] = {0};
	if (ring == MAP_FAILED) return perror("frame-flood"), 1;
	for (int i = 0; i < 2; i++) {
		unsigned char *mac = frame + 6 * (1 - i);
		sscanf(arguments[7 + i], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5);
	}
	unsigned short port = htons(atoi(arguments[4])), total = htons(28 + bytes), length = htons(8 + bytes), from = htons(4000);
	memcpy(frame + 12, "\x08\x00\x45\x00", 4);
	memcpy(frame + 16, &total, 2);
	memcpy(frame + 22, "\x40\x11", 2);
	if (!inet_aton(arguments[5], (void *)(frame + 26)) || !inet_aton(arguments[6], (void *)(frame + 30))) return 2;
	unsigned short sum = checksum(frame + 14, 20);
	memcpy(frame + 24, &sum, 2);
	memcpy(frame + 34, &from, 2);
	memcpy(frame + 36, &port, 2);
	memcpy(frame + 38, &length, 2);
	for (int i = 0; i < slots; i++) memcpy(ring + i * slot + TPACKET2_HDRLEN - sizeof(struct sockaddr_ll), frame, headers + bytes);
	long sent = 0, before = received(interface);
	int at = 0;
	double start = now(), end = start;
	for (; end - start < seconds; end = now()) {
		double due = (end - start) * rate - sent;
		for (int i = 0; i < batch && i < due; i++) {
			struct tpacket2_hdr *header = (void *)(ring + at * slot);
			if (__atomic_load_n(&header->tp_status, __ATOMIC_ACQUIRE) != TP_STATUS_AVAILABLE) break;
			header->tp_len = headers + bytes;
			__atomic_store_n(&header->tp_status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
			at = (at + 1) % slots;
			sent++;
		}
		send(fd, NULL, 0, MSG_DONTWAIT);
	}
	/* What was sent last is still on its way back. */
	if (count == 10) for (double last = now(); now() - last < 0.02;);
	printf("{\"sent\":%.0f,\"rate\":%.0f}\n", sent / (end - start), (received(interface) - before) / (end - start));
	return 0;
}
