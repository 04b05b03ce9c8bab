import { attempt } from "./attempt.ts";
import { checked, closeDescriptor, libc } from "./libc.ts";
import { int32 } from "./memory.ts";

const open = libc.func("int open(const char *, int)");
const setns = libc.func("int setns(int, int)");
const unshare = libc.func("int unshare(int)");
const socket = libc.func("int socket(int, int, int)");
const getsockopt = libc.func("int getsockopt(int, int, int, void *, void *)");
const AF_INET = 2;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const SOL_SOCKET = 1;
const SO_NETNS_COOKIE = 71;
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

/** A descriptor of the network namespace that the calling thread is in. Throws `SystemCallError`. */
function openNamespace(): number {
  return checked("open", open("/proc/thread-self/ns/net", O_CLOEXEC) as number);
}

/** Does something with the calling thread in a network namespace, given by a descriptor. Throws `SystemCallError`. */
export function withinNamespace<T>(namespace: number, work: () => T): T {
  return awayFromHome(() => {
    checked("setns", setns(namespace, CLONE_NEWNET) as number);
    return work();
  });
}

/**
 * Makes a network namespace without a name, and does something with the calling thread in it. It lasts as long as a descriptor
 * or a socket of it does. Throws `SystemCallError`.
 * @param work is given a descriptor of the new namespace, which is closed if this throws, and one of the thread's own
 */
export function withinNewNamespace<T>(work: (namespace: number, home: number) => T): T {
  return awayFromHome((home) => {
    checked("unshare", unshare(CLONE_NEWNET) as number);
    const namespace = openNamespace();
    try {
      return work(namespace, home);
    } catch (error) {
      closeDescriptor(namespace);
      throw error;
    }
  });
}

/** Brings the calling thread back to its network namespace afterwards. */
function awayFromHome<T>(work: (home: number) => T): T {
  const home = openNamespace();
  try {
    try {
      return work(home);
    } finally {
      checked("setns", setns(home, CLONE_NEWNET) as number);
    }
  } finally {
    closeDescriptor(home);
  }
}

/** The kernel's own number for the network namespace of the calling thread, never given twice. Throws `linux.*` problems. */
export function networkNamespaceCookie(): bigint {
  return attempt("find out this thread's network namespace", () => {
    const fd = checked("socket", socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0) as number);
    try {
      const value = new Uint8Array(new ArrayBuffer(8));
      const size = int32(value.length);
      checked(
        "getsockopt(SO_NETNS_COOKIE)",
        getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, value, size) as number,
      );
      return new DataView(value.buffer).getBigUint64(0, true);
    } finally {
      closeDescriptor(fd);
    }
  });
}
