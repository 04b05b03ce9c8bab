import { attempt } from "./attempt.ts";
import { checked, closeDescriptor, libc } from "./libc.ts";
import type { Holding } from "./reclaim.ts";

const socket = libc.func("int socket(int, int, int)");
const sendto = libc.func("long sendto(int, const void *, size_t, int, const void *, uint)");
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOCK_NONBLOCK = 0o4000;
const IPPROTO_RAW = 255;

/**
 * Hands whole IP packets to the kernel, which routes them and finds out the next hop's link address (raw(7)). The source
 * may be another host's.
 */
export class RawIpSender {
  readonly #fds: Record<4 | 6, number>;

  private constructor(fds: Record<4 | 6, number>) {
    this.#fds = fds;
  }

  /** Throws `linux.*` problems. */
  static open(): RawIpSender {
    return attempt("open sockets for raw IP packets", () => {
      const open = (family: number) =>
        checked("socket", socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW) as number);
      return new RawIpSender({ 4: open(AF_INET), 6: open(AF_INET6) });
    });
  }

  /** @param destination 4 or 16 bytes; false when the kernel has no way to it, or no room */
  send(packet: Uint8Array, destination: Uint8Array): boolean {
    const family = destination.length === 4 ? 4 : 6;
    // struct sockaddr_in: family, port, address; struct sockaddr_in6: family, port, flow, address, scope.
    const address = new Uint8Array(family === 4 ? 16 : 28);
    address[0] = family === 4 ? AF_INET : AF_INET6;
    address.set(destination, family === 4 ? 4 : 8);
    return (sendto(this.#fds[family], packet, packet.length, 0, address, address.length) as number) >= 0;
  }

  holdings(): Holding[] {
    return [
      { kind: "descriptor", fd: this.#fds[4] },
      { kind: "descriptor", fd: this.#fds[6] },
    ];
  }

  close(): void {
    closeDescriptor(this.#fds[4]);
    closeDescriptor(this.#fds[6]);
  }
}
