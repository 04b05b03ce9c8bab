/*
 * Queries of DNS at a steady rate over one UDP socket, each for another name, whether answers come or not.
 *   usage: dns-steady ADDRESS PORT RATE SECONDS
 * Waits up to two seconds for the last answers, and prints in one line: queries sent, those answered rightly (the name asked for, no
 * error, an answer), answers that were wrong or came twice, and of the time to an answer the median, the 99th percentile and the
 * longest in microseconds. SIGTERM ends the sending early.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { ids = 65536, header = 12, nameBytes = 20, questionBytes = nameBytes + 4, patienceMs = 2000 };

/* What waits under an id: the number of its query, and when it went. */
static struct { long number; double at; } waiting[ids];
static long answered, wrong;
static int *times;
static volatile sig_atomic_t ended;

static void end(int signal) { (void)signal, ended = 1; }

static double now(void) {
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec + at.tv_nsec / 1e9;
}

/* "q" and nine digits, then test.com. */
static void question(unsigned char *to, long number) {
	static const unsigned char rest[] = "\4test\3com\0\0\1\0\1";
	char digits[16];
	snprintf(digits, sizeof digits, "q%08ld", number % 100000000);
	to[0] = 9;
	memcpy(to + 1, digits, 9);
	memcpy(to + 10, rest, sizeof rest - 1);
}

static void ask(int fd, long number) {
	unsigned char message[header + questionBytes] = {number >> 8, number, 1, 0, 0, 1};
	question(message + header, number);
	waiting[number % ids].number = number + 1;
	waiting[number % ids].at = now();
	if (send(fd, message, sizeof message, 0) < 0) perror("dns-steady: send");
}

static void take(int fd) {
	unsigned char message[1500], expected[questionBytes];
	ssize_t size;
	while ((size = recv(fd, message, sizeof message, MSG_DONTWAIT)) >= 0) {
		unsigned id = size < 2 ? 0 : message[0] << 8 | message[1];
		long number = waiting[id].number - 1;
		if (number >= 0) question(expected, number);
		int isRight = number >= 0 && size > header + questionBytes && (message[2] & 0x80) && (message[3] & 15) == 0 &&
		              (message[6] | message[7]) && !memcmp(message + header, expected, questionBytes);
		if (!isRight) {
			wrong++;
			continue;
		}
		times[answered++] = (now() - waiting[id].at) * 1e6;
		waiting[id].number = 0;
	}
	if (errno != EAGAIN && errno != ECONNREFUSED) perror("dns-steady: recv");
}

static int byTime(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

int main(int count, char **arguments) {
	if (count != 5) return fprintf(stderr, "usage: dns-steady ADDRESS PORT RATE SECONDS\n"), 2;
	struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[2]))};
	inet_pton(AF_INET, arguments[1], &server.sin_addr);
	double rate = atof(arguments[3]), seconds = atof(arguments[4]);
	long total = rate * seconds, sent = 0;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	int bytes = 8 << 20;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
	if (connect(fd, (struct sockaddr *)&server, sizeof server)) return perror("dns-steady"), 1;
	times = calloc(total + 1, sizeof *times);
	signal(SIGTERM, end);
	double started = now(), last = started;
	while ((sent < total && !ended) || (answered < sent && now() < last + patienceMs / 1e3)) {
		double due = started + sent / rate, at = now();
		if (sent < total && !ended && at >= due) {
			ask(fd, sent++);
			last = at;
		}
		double wait = sent < total && !ended ? (started + sent / rate - now()) * 1e3 : 50;
		struct pollfd ready = {.fd = fd, .events = POLLIN};
		struct timespec timeout = {.tv_nsec = wait > 0 ? (wait > 50 ? 50 : wait) * 1e6 : 0};
		if (ppoll(&ready, 1, &timeout, NULL) > 0) take(fd);
	}
	qsort(times, answered, sizeof *times, byTime);
	int half = answered ? times[answered / 2] : 0, late = answered ? times[answered * 99 / 100] : 0;
	printf("%ld %ld %ld %d %d %d\n", sent, answered, wrong, half, late, answered ? times[answered - 1] : 0);
	return 0;
}
