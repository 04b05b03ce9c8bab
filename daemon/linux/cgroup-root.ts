import { readFileSync } from "node:fs";
import { fail } from "../../schemas/mod.ts";
import { checked, libc } from "./libc.ts";

const open = libc.func("int open(const char *, int)");
const O_DIRECTORY_CLOEXEC = 0o200000 | 0o2000000;

/**
 * Opens the root of the cgroups of version 2, wherever they are mounted: what is attached there sees the sockets of
 * all processes. Throws `linux.unsupported` when they are not mounted, and `SystemCallError`.
 * @param what what is tried, as in `attempt`
 */
export function openCgroupRoot(what: string): number {
  const mounts = readFileSync("/proc/self/mounts", "latin1");
  const path = mounts
    .split("\n")
    .map((line) => line.split(" "))
    .find(([, , type]) => type === "cgroup2")?.[1];
  if (path === undefined)
    return fail("linux.unsupported", { what, is: "no cgroups of version 2 are mounted" });
  return checked("open", open(path.replaceAll("\\040", " "), O_DIRECTORY_CLOEXEC) as number);
}
