import { readFileSync } from "node:fs";

/** Whether this is root of the machine itself, and not of a user namespace in which an ordinary user runs the tests. */
export function isRootOfMachine(): boolean {
  return (
    process.getuid?.() === 0 && /^\s*0\s+0\s+4294967295$/m.test(readFileSync("/proc/self/uid_map", "utf8"))
  );
}
