/*
 * A closed loop of DNS queries over one UDP socket: so many are under way at a time, each answer lets the next go.
 *   usage: dns-load ADDRESS PORT SECONDS WINDOW
 * Prints: queries answered a second, median and 99th percentile of their time in microseconds, queries lost.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { idsMax = 65536, microsecondsMax = 200000 };

static const unsigned char question[] = "\0\0\1\0\0\1\0\0\0\0\0\0\3www\7example\3com\0\0\1\0\1";
static double sentAt[idsMax];
static unsigned histogram[microsecondsMax + 1];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static int percentile(unsigned long total, double share) {
  unsigned long seen = 0;
  for (int us = 0; us <= microsecondsMax; us++)
    if ((seen += histogram[us]) >= total * share) return us;
  return microsecondsMax;
}

static void query(int fd, unsigned id) {
  unsigned char message[sizeof question - 1];
  memcpy(message, question, sizeof message);
  message[0] = id >> 8;
  message[1] = id;
  sentAt[id] = now();
  if (send(fd, message, sizeof message, 0) < 0) perror("send"), exit(1);
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  int isV6 = strchr(argv[1], ':') != NULL;
  int fd = socket(isV6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(atoi(argv[2]))};
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
  inet_pton(isV6 ? AF_INET6 : AF_INET, argv[1], isV6 ? (void *)&six.sin6_addr : (void *)&four.sin_addr);
  struct timeval patience = {.tv_usec = 500000};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  int failed = isV6 ? connect(fd, (void *)&six, sizeof six) : connect(fd, (void *)&four, sizeof four);
  if (failed) return perror("connect"), 1;
  int window = atoi(argv[4]);
  unsigned long answered = 0, lost = 0;
  unsigned next = 0;
  double start = now(), end = start + atof(argv[3]);
  for (; next < (unsigned)window; next++) query(fd, next);
  while (now() < end) {
    unsigned char answer[2048];
    ssize_t length = recv(fd, answer, sizeof answer, 0);
    if (length < 2) {
      lost += window;
      for (int i = 0; i < window; i++) query(fd, next++ % idsMax);
      continue;
    }
    unsigned id = answer[0] << 8 | answer[1];
    if (sentAt[id] == 0) continue;
    double us = (now() - sentAt[id]) * 1e6;
    sentAt[id] = 0;
    histogram[us > microsecondsMax ? microsecondsMax : (int)us]++;
    answered++;
    query(fd, next++ % idsMax);
  }
  double took = now() - start;
  printf("%.0f %d %d %lu\n", answered / took, percentile(answered, 0.5), percentile(answered, 0.99), lost);
  return 0;
}
