/*
 * What the sleep proxy is measured against: a program with one UDP socket that sends every datagram back.
 *   usage: udp-echo PORT
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int count, char **arguments) {
	if (count != 2) return fprintf(stderr, "usage: udp-echo PORT\n"), 2;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	int bytes = 8 << 20;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes);
	struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
	if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof local)) return perror("udp-echo"), 1;
	puts("ready");
	fflush(stdout);
	static char datagram[65536];
	for (;;) {
		struct sockaddr_in from;
		socklen_t size = sizeof from;
		ssize_t length = recvfrom(fd, datagram, sizeof datagram, 0, (struct sockaddr *)&from, &size);
		if (length >= 0) sendto(fd, datagram, length, 0, (struct sockaddr *)&from, size);
		else if (errno != EINTR) return perror("udp-echo"), 1;
	}
}
