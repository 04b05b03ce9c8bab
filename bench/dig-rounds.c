/*
 * Runs dig once for each port, round after round, and tells what the other ports cost over the first: each round asks all of
 * them within milliseconds, so that whatever else the machine does slows all alike.
 *   usage: dig-rounds ADDRESS ROUNDS PORT PORT...
 * Prints a line a port: median time of a dig in microseconds, median of its difference to the first port's in the same round.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { roundsMax = 100000, portsMax = 16 };

static double times[portsMax][roundsMax];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static double dig(char *at, char *port) {
  char *words[] = {"dig", at, "-p", port, "+short", "+tries=1", "+timeout=5", "www.example.com", NULL};
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
  double start = now();
  pid_t child;
  int status;
  if (posix_spawnp(&child, "dig", &quiet, NULL, words, environ)) exit(1);
  waitpid(child, &status, 0);
  if (status) fprintf(stderr, "dig at port %s ended with %d\n", port, status), exit(1);
  posix_spawn_file_actions_destroy(&quiet);
  return now() - start;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(const double *values, const double *less, int count) {
  static double sorted[roundsMax];
  for (int i = 0; i < count; i++) sorted[i] = values[i] - (less ? less[i] : 0);
  qsort(sorted, count, sizeof *sorted, by_value);
  return sorted[count / 2];
}

int main(int argc, char **argv) {
  int rounds = argc > 3 ? atoi(argv[2]) : 0, ports = argc - 3;
  if (rounds < 1 || rounds > roundsMax || ports > portsMax) return 2;
  char at[128];
  snprintf(at, sizeof at, "@%s", argv[1]);
  for (int round = 0; round < rounds; round++)
    for (int turn = 0; turn < ports; turn++) {
      int port = (round + turn) % ports;
      times[port][round] = dig(at, argv[3 + port]);
    }
  for (int port = 0; port < ports; port++)
    printf("%.0f %.0f\n", median(times[port], NULL, rounds), median(times[port], times[0], rounds));
  return 0;
}
