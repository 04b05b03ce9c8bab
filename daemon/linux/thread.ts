import { readFileSync } from "node:fs";
import { libc } from "./libc.ts";

const gettid = libc.func("int gettid()");

const setpriority = libc.func("int setpriority(int, unsigned int, int)");
const PRIO_PROCESS = 0;

/**
 * Has the calling thread run before others (setpriority(2): to Linux a nice value is a thread's own): -20 is the first, 0 the
 * common. False where this process may not (CAP_SYS_NICE): the thread runs as before.
 */
export function setThreadNice(nice: number): boolean {
  return (setpriority(PRIO_PROCESS, threadId(), nice) as number) === 0;
}

/** The kernel's id of the calling thread. */
export function threadId(): number {
  return gettid() as number;
}

/**
 * How long a thread of this process has run on a processor, in milliseconds (first field of /proc's schedstat);
 * undefined when the kernel does not say, or the thread is gone.
 */
export function threadTimeMs(thread: number): number | undefined {
  try {
    const nanoseconds = Number(
      readFileSync(`/proc/self/task/${thread}/schedstat`, "latin1").split(" ", 1)[0],
    );
    return Number.isFinite(nanoseconds) ? nanoseconds / 1e6 : undefined;
  } catch {
    return undefined;
  }
}
