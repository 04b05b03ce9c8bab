import { checked, closeDescriptor, libc } from "./libc.ts";

const open = libc.func("int open(const char *, int)");
const ioctl = libc.func("int ioctl(int, ulong, void *)");
const O_RDWR = 2;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const TUNSETIFF = 0x4004_54ca;
const IFF_NO_PI = 0x1000;
/** Of IP packets, or of Ethernet frames. */
const kinds = { tun: 1, tap: 2 } as const;

/**
 * Makes a device in this thread's network namespace whose packets are read from the descriptor that it answers, and written to it.
 * The device is gone when that is closed. Throws `SystemCallError`.
 */
export function openTun(name: string, kind: keyof typeof kinds): number {
  const fd = checked("open(/dev/net/tun)", open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC) as number);
  try {
    // struct ifreq: char name[16], then a union, here of short flags.
    const request = new Uint8Array(40);
    request.set(Buffer.from(name, "latin1"));
    new DataView(request.buffer).setUint16(16, kinds[kind] | IFF_NO_PI, true);
    checked("ioctl(TUNSETIFF)", ioctl(fd, TUNSETIFF, request) as number);
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}
