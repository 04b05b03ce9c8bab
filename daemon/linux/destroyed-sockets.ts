import koffi from "koffi";
import { attempt } from "./attempt.ts";
import { checked, closeDescriptor, libc, SystemCallError } from "./libc.ts";

const socket = libc.func("int socket(int, int, int)");
const bind = libc.func("int bind(int, const void *, unsigned int)");
const receive = libc.func("long recv(int, void *, size_t, int)");

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const MSG_DONTWAIT = 0x40;
const EAGAIN = 11;
const ENOBUFS = 105;
/** SKNLGRP_INET_TCP_DESTROY to SKNLGRP_INET6_UDP_DESTROY, as bits. */
const destroyGroups = 0b1111;
const headerBytes = 16;
/** Within struct inet_diag_msg. */
const cookieAt = 44;
const noticeBytesMax = 1_024;
/** So many are read at a time; the rest at the next. */
const readsMax = 4_096;

/** Which TCP and UDP sockets of this thread's network namespace are gone, as the kernel tells of each. Anybody may ask. */
export class DestroyedSockets {
  /** Readable when there is something to read. */
  readonly fd: number;
  readonly #notice = new Uint8Array(new ArrayBuffer(noticeBytesMax));
  readonly #view = new DataView(this.#notice.buffer);

  /** Throws `linux.*` problems. */
  constructor() {
    this.fd = attempt("be told of destroyed sockets", () => {
      const fd = checked(
        "socket(NETLINK_SOCK_DIAG)",
        socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG) as number,
      );
      // struct sockaddr_nl: u16 family, u16 padding, u32 port, u32 groups.
      const address = new Uint8Array(12);
      new DataView(address.buffer).setUint16(0, AF_NETLINK, true);
      new DataView(address.buffer).setUint32(8, destroyGroups, true);
      try {
        checked("bind", bind(fd, address, address.length) as number);
      } catch (error) {
        closeDescriptor(fd);
        throw error;
      }
      return fd;
    });
  }

  /**
   * Calls `gone` with the cookie of each socket that was destroyed since the last call, and answers whether there were
   * so many that the kernel told of some no more. Throws `linux.*` problems.
   */
  read(gone: (cookie: bigint) => void): { lost: boolean } {
    let lost = false;
    for (let reads = 0; reads < readsMax; reads++) {
      const length = Number(receive(this.fd, this.#notice, noticeBytesMax, MSG_DONTWAIT));
      if (length >= headerBytes + cookieAt + 8) {
        gone(this.#view.getBigUint64(headerBytes + cookieAt, true));
        continue;
      }
      const errno = length < 0 ? koffi.errno() : 0;
      if (errno === EAGAIN) break;
      if (errno !== ENOBUFS) {
        attempt("be told of destroyed sockets", () => {
          throw new SystemCallError("recv", errno);
        });
      }
      lost = true;
    }
    return { lost };
  }

  close(): void {
    closeDescriptor(this.fd);
  }
}
