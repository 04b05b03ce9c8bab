/*
 * What distribution is measured against: the same bytes sent to as many connections over loopback, and nothing else done.
 *   usage: tcp-fan-out DEVICES BYTES
 * One process sends from one buffer as the sockets take it; another holds the devices' ends, reads them into one buffer, and
 * answers each with a byte once all has come. Prints the milliseconds from the first byte to the last answer.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256, BUFFER = 64 * 1024 };

static void die(const char *what) { perror(what), exit(1); }

static double now(void) {
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1e3 + at.tv_nsec / 1e6;
}

static void watch(int poll, int fd, unsigned events) {
	struct epoll_event event = {.events = events, .data.fd = fd};
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event)) die("epoll_ctl");
}

static void receive(struct sockaddr_in to, int devices, size_t bytes) {
	static char buffer[BUFFER];
	size_t *got = calloc(devices + 1024, sizeof *got);
	int poll = epoll_create1(0), left = devices;
	for (int at = 0; at < devices; at++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to)) die("connect");
		watch(poll, fd, EPOLLIN);
	}
	while (left > 0) {
		struct epoll_event ready[EVENTS];
		int count = epoll_wait(poll, ready, EVENTS, -1);
		for (int at = 0; at < count; at++) {
			int fd = ready[at].data.fd;
			ssize_t size = read(fd, buffer, BUFFER);
			if (size <= 0) die("read");
			if ((got[fd] += size) < bytes) continue;
			if (write(fd, "", 1) != 1) die("write");
			left--;
		}
	}
	exit(0);
}

int main(int count, char **arguments) {
	if (count != 3) return fprintf(stderr, "usage: tcp-fan-out DEVICES BYTES\n"), 2;
	int devices = atoi(arguments[1]), poll = epoll_create1(0), left = devices;
	size_t bytes = atol(arguments[2]), *sent = calloc(devices + 1024, sizeof *sent);
	struct rlimit files = {devices + 1024, devices + 1024};
	setrlimit(RLIMIT_NOFILE, &files);
	char *content = malloc(bytes);
	memset(content, 7, bytes);
	struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof local;
	int listener = socket(AF_INET, SOCK_STREAM, 0), *fds = calloc(devices, sizeof *fds);
	if (bind(listener, (struct sockaddr *)&local, size) || listen(listener, 4096)) die("listen");
	getsockname(listener, (struct sockaddr *)&local, &size);
	if (fork() == 0) receive(local, devices, bytes);
	for (int at = 0; at < devices; at++) fds[at] = accept(listener, NULL, NULL);
	double started = now();
	for (int at = 0; at < devices; at++) watch(poll, fds[at], EPOLLIN | EPOLLOUT | EPOLLET);
	while (left > 0) {
		struct epoll_event ready[EVENTS];
		int some = epoll_wait(poll, ready, EVENTS, -1);
		for (int at = 0; at < some; at++) {
			int fd = ready[at].data.fd;
			char answer;
			while (sent[fd] < bytes) {
				ssize_t wrote = write(fd, content + sent[fd], bytes - sent[fd]);
				if (wrote < 0 && errno == EAGAIN) break;
				if (wrote < 0) die("write");
				sent[fd] += wrote;
			}
			if (read(fd, &answer, 1) == 1) left--;
		}
	}
	printf("%.3f\n", now() - started);
	return wait(NULL) < 0;
}
