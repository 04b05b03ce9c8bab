/*
 * A client that keeps a window of datagrams in flight, to any number of destinations, and prints how many came back a
 * second, and, with a window of one, the median round trip in microseconds.
 *   usage: udp-flood BYTES SECONDS WINDOW PORT ADDRESS [PORTS [ADDRESSES]]
 * Datagram number n goes to ADDRESS + n % ADDRESSES and PORT + n % PORTS.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { batch = 64, bytes_max = 2048, samples_max = 1 << 20 };
static const double lost_after = 0.05;

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int count, char **arguments) {
	if (count < 6) return fprintf(stderr, "usage: udp-flood BYTES SECONDS WINDOW PORT ADDRESS [PORTS [ADDRESSES]]\n"), 2;
	int size = atoi(arguments[1]), window = atoi(arguments[3]), port = atoi(arguments[4]);
	double seconds = atof(arguments[2]);
	struct in_addr first;
	if (size > bytes_max || !inet_aton(arguments[5], &first)) return 2;
	long ports = count > 6 ? atol(arguments[6]) : 1, addresses = count > 7 ? atol(arguments[7]) : 1;
	int fd = socket(AF_INET, SOCK_DGRAM, 0), buffer = 8 << 20;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer);
	static char out[batch][bytes_max], in[batch][bytes_max];
	static struct mmsghdr sends[batch], receives[batch];
	static struct iovec out_parts[batch], in_parts[batch];
	static struct sockaddr_in to[batch];
	for (int i = 0; i < batch; i++) {
		to[i].sin_family = AF_INET;
		out_parts[i] = (struct iovec){out[i], size};
		in_parts[i] = (struct iovec){in[i], bytes_max};
		sends[i].msg_hdr = (struct msghdr){.msg_iov = &out_parts[i], .msg_iovlen = 1, .msg_name = &to[i], .msg_namelen = sizeof to[i]};
		receives[i].msg_hdr = (struct msghdr){.msg_iov = &in_parts[i], .msg_iovlen = 1};
	}
	double *trips = malloc(sizeof(double) * samples_max);
	long sent = 0, received = 0, flying = 0, sampled = 0, number = 0;
	double start = now(), last = start, left_at = start;
	struct pollfd readable = {fd, POLLIN, 0};
	for (double t = start; t - start < seconds; t = now()) {
		long room = window - flying;
		if (room > batch) room = batch;
		for (long i = 0; i < room; i++, number++) {
			to[i].sin_port = htons(port + number % ports);
			to[i].sin_addr.s_addr = htonl(ntohl(first.s_addr) + number % addresses);
		}
		if (room > 0) {
			left_at = now();
			int done = sendmmsg(fd, sends, room, 0);
			if (done > 0) sent += done, flying += done;
		}
		int done = recvmmsg(fd, receives, batch, MSG_DONTWAIT, 0);
		if (done > 0) {
			received += done;
			flying -= done;
			last = now();
			if (window == 1 && sampled < samples_max) trips[sampled++] = last - left_at;
		} else if (flying >= window) {
			poll(&readable, 1, 1);
			if (now() - last > lost_after) flying = 0, last = now();
		}
	}
	qsort(trips, sampled, sizeof *trips, by_value);
	printf("{\"sent\":%ld,\"received\":%ld,\"rate\":%.0f,\"medianUs\":%.2f}\n", sent, received, received / seconds, sampled ? trips[sampled / 2] * 1e6 : 0);
	free(trips);
	return 0;
}
