import { checked, closeDescriptor, libc, SystemCallError } from "./libc.ts";
import type { StreamEnds } from "./stream-ends.ts";

const socket = libc.func("int socket(int, int, int)");
const send = libc.func("long send(int, const void *, size_t, int)");
const recv = libc.func("long recv(int, void *, size_t, int)");
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const SOCK_DESTROY = 21;
const NLM_F_REQUEST = 1;
const NLM_F_ACK = 4;
const TCP = 6;
const ENOENT = 2;
const MSG_DONTWAIT = 0x40;
const requestBytes = 72;

/**
 * Breaks a connection off: its peer is told by a reset, and its application at its next call (SOCK_DESTROY, sock_diag(7)). False
 * when it is gone by now. Throws `SystemCallError`; needs CAP_NET_ADMIN.
 */
export function destroyConnection({ local, remote }: StreamEnds, cookie: bigint): boolean {
  const fd = checked(
    "socket(NETLINK_SOCK_DIAG)",
    socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG) as number,
  );
  try {
    const request = new Uint8Array(requestBytes);
    const view = new DataView(request.buffer);
    view.setUint32(0, requestBytes, true);
    view.setUint16(4, SOCK_DESTROY, true);
    view.setUint16(6, NLM_F_REQUEST | NLM_F_ACK, true);
    view.setUint8(16, local.address.length === 16 ? AF_INET6 : AF_INET);
    view.setUint8(17, TCP);
    view.setUint32(20, 0xffff_ffff, true);
    view.setUint16(24, local.port);
    view.setUint16(26, remote.port);
    request.set(local.address, 28);
    request.set(remote.address, 44);
    view.setBigUint64(64, cookie, true);
    checked("send(SOCK_DESTROY)", Number(send(fd, request, requestBytes, 0)));
    const answer = new Uint8Array(256);
    checked("recv(SOCK_DESTROY)", Number(recv(fd, answer, answer.length, MSG_DONTWAIT)));
    const errno = -new DataView(answer.buffer).getInt32(16, true);
    if (errno === ENOENT) return false;
    if (errno !== 0) throw new SystemCallError("SOCK_DESTROY", errno);
    return true;
  } finally {
    closeDescriptor(fd);
  }
}
