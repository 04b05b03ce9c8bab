import { readFileSync } from "node:fs";
import { libc } from "./libc.ts";

const gettid = libc.func("int gettid()");

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
