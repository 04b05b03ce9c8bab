import { attempt } from "./attempt.ts";
import { checked, closeDescriptor, libc } from "./libc.ts";

const open = libc.func("int open(const char *, int)");
const setns = libc.func("int setns(int, int)");
const O_CLOEXEC = 0o2000000;
const CLONE_NEWNET = 0x4000_0000;

/**
 * Moves the calling thread, and no other, into a network namespace: sockets it opens and processes and workers it
 * starts afterwards are in there. `/sys/class/net` goes on showing the namespace it was mounted in.
 * @param path of the namespace, as `ip netns add` makes it: `/run/netns/NAME`, or `/proc/PID/ns/net`
 */
export function enterNetworkNamespace(path: string): void {
  attempt(`enter network namespace ${path}`, () => {
    const fd = checked("open", open(path, O_CLOEXEC) as number);
    try {
      checked("setns", setns(fd, CLONE_NEWNET) as number);
    } finally {
      closeDescriptor(fd);
    }
  });
}
