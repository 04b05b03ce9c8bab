/*
 * A TCP relay that moves bytes by splice(2), as a baseline for streams that pass through user space: accepts on one port, connects
 * to another of this host, and moves both directions in a thread each.
 * usage: tcp-splice LISTEN-PORT PORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { pipe_bytes = 1 << 20 };

struct direction {
  int from, to;
};

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void *move_bytes(void *argument) {
  struct direction *way = argument;
  int ends[2];
  if (pipe(ends) < 0) fail("pipe");
  fcntl(ends[0], F_SETPIPE_SZ, pipe_bytes);
  for (;;) {
    ssize_t taken = splice(way->from, NULL, ends[1], NULL, pipe_bytes, SPLICE_F_MOVE);
    if (taken <= 0) break;
    while (taken > 0) {
      ssize_t given = splice(ends[0], NULL, way->to, NULL, taken, SPLICE_F_MOVE);
      if (given <= 0) break;
      taken -= given;
    }
    if (taken > 0) break;
  }
  shutdown(way->to, SHUT_WR);
  close(ends[0]);
  close(ends[1]);
  free(way);
  return NULL;
}

static pthread_t start(int from, int to) {
  struct direction *way = malloc(sizeof *way);
  pthread_t thread;
  if (!way) fail("malloc");
  *way = (struct direction){from, to};
  if (pthread_create(&thread, NULL, move_bytes, way)) fail("pthread_create");
  return thread;
}

static struct sockaddr_in at(in_addr_t address, const char *port) {
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
  place.sin_addr.s_addr = address;
  return place;
}

int main(int count, char **words) {
  if (count != 3) return fprintf(stderr, "usage: tcp-splice LISTEN-PORT PORT\n"), 2;
  signal(SIGPIPE, SIG_IGN);
  struct sockaddr_in here = at(htonl(INADDR_ANY), words[1]);
  struct sockaddr_in there = at(htonl(INADDR_LOOPBACK), words[2]);
  int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr *)&here, sizeof here) < 0) fail("bind");
  if (listen(listener, 16) < 0) fail("listen");
  for (;;) {
    int client = accept(listener, NULL, NULL);
    if (client < 0) fail("accept");
    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(server, (struct sockaddr *)&there, sizeof there) < 0) fail("connect");
    pthread_t threads[] = {start(client, server), start(server, client)};
    for (int each = 0; each < 2; each++) pthread_join(threads[each], NULL);
    close(client);
    close(server);
  }
}
