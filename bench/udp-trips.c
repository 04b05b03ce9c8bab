/*
 * Sends one datagram after the other, each once the one before came back, and prints the median round trip in microseconds.
 *   usage: udp-trips BYTES SECONDS PORT ADDRESS
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

enum { bytes_max = 2048, samples_max = 1 << 20 };

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
	if (count != 5) return fprintf(stderr, "usage: udp-trips BYTES SECONDS PORT ADDRESS\n"), 2;
	int bytes = atoi(arguments[1]), fd = socket(AF_INET, SOCK_DGRAM, 0);
	double seconds = atof(arguments[2]);
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[3]))};
	struct timeval lost = {.tv_usec = 50000};
	static char datagram[bytes_max];
	if (bytes > bytes_max || !inet_aton(arguments[4], &to.sin_addr)) return 2;
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &lost, sizeof lost))
		return perror("udp-trips"), 1;
	double *trips = malloc(sizeof *trips * samples_max);
	long sampled = 0, missed = 0;
	for (double start = now(), t = start; t - start < seconds && sampled < samples_max; t = now()) {
		send(fd, datagram, bytes, 0);
		if (recv(fd, datagram, bytes_max, 0) >= 0) trips[sampled++] = now() - t;
		else missed++;
	}
	qsort(trips, sampled, sizeof *trips, by_value);
	printf("{\"trips\":%ld,\"lost\":%ld,\"medianUs\":%.2f}\n", sampled, missed, sampled ? trips[sampled / 2] * 1e6 : 0);
	free(trips);
	return 0;
}
