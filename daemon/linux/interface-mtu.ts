import { attempt } from "./attempt.ts";
import { checked, closeDescriptor, libc } from "./libc.ts";

const socket = libc.func("int socket(int, int, int)");
const ioctl = libc.func("int ioctl(int, ulong, void *)");
const AF_INET = 2;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const SIOCGIFNAME = 0x8910;
const SIOCGIFMTU = 0x8921;
/** struct ifreq: char name[16], then a union, here of int index or mtu. */
const requestBytes = 64;
const valueAt = 16;

/** The MTU of an interface of this thread's network namespace (netdevice(7)). Throws `linux.absent` when it is gone. */
export function interfaceMtu(index: number): number {
  return attempt(`read the MTU of interface ${index}`, () => {
    const fd = checked("socket", socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0) as number);
    try {
      const request = new DataView(new ArrayBuffer(requestBytes));
      request.setInt32(valueAt, index, true);
      checked("ioctl(SIOCGIFNAME)", ioctl(fd, SIOCGIFNAME, request) as number);
      checked("ioctl(SIOCGIFMTU)", ioctl(fd, SIOCGIFMTU, request) as number);
      return request.getInt32(valueAt, true);
    } finally {
      closeDescriptor(fd);
    }
  });
}
