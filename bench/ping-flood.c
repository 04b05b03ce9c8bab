/*
 * Sends ICMP echo requests at a fixed rate and prints how many were sent and answered. A request that was not sent in time
 * is sent late, never left out.
 *   usage: ping-flood RATE SECONDS ADDRESS
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { batch = 32, packet_max = 256 };
static const double wait_for_last = 0.3;

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static unsigned short checksum(const void *data, int bytes) {
	const unsigned short *words = data;
	unsigned sum = 0;
	for (int i = 0; i < bytes / 2; i++) sum += words[i];
	while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

int main(int count, char **arguments) {
	if (count != 4) return fprintf(stderr, "usage: ping-flood RATE SECONDS ADDRESS\n"), 2;
	double rate = atof(arguments[1]), seconds = atof(arguments[2]);
	struct sockaddr_in to = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), buffer = 32 << 20;
	if (fd < 0 || !inet_aton(arguments[3], &to.sin_addr)) return perror("ping-flood"), 1;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer);
	if (connect(fd, (struct sockaddr *)&to, sizeof to)) return perror("ping-flood"), 1;
	static struct icmphdr requests[batch];
	static char answers[batch][packet_max];
	static struct mmsghdr out[batch], in[batch];
	static struct iovec out_parts[batch], in_parts[batch];
	unsigned short id = getpid();
	for (int i = 0; i < batch; i++) {
		out_parts[i] = (struct iovec){&requests[i], sizeof requests[i]};
		in_parts[i] = (struct iovec){answers[i], packet_max};
		out[i].msg_hdr = (struct msghdr){.msg_iov = &out_parts[i], .msg_iovlen = 1};
		in[i].msg_hdr = (struct msghdr){.msg_iov = &in_parts[i], .msg_iovlen = 1};
	}
	long sent = 0, answered = 0, total = rate * seconds;
	double start = now(), last = start;
	while (sent < total || now() - last < wait_for_last) {
		long due = (now() - start) * rate - sent;
		if (due > total - sent) due = total - sent;
		if (due > batch) due = batch;
		for (long i = 0; i < due; i++) {
			requests[i] = (struct icmphdr){.type = ICMP_ECHO, .un.echo = {id, (unsigned short)(sent + i)}};
			requests[i].checksum = checksum(&requests[i], sizeof requests[i]);
		}
		if (due > 0) {
			int done = sendmmsg(fd, out, due, 0);
			if (done > 0) sent += done;
			last = now();
		}
		int done = recvmmsg(fd, in, batch, MSG_DONTWAIT, 0);
		for (int i = 0; i < done; i++) {
			const struct icmphdr *icmp = (void *)(answers[i] + (answers[i][0] & 15) * 4);
			answered += icmp->type == ICMP_ECHOREPLY && icmp->un.echo.id == id;
		}
	}
	printf("{\"sent\":%ld,\"answered\":%ld}\n", sent, answered);
	return 0;
}
