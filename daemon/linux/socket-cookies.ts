import { attempt } from "./attempt.ts";
import { checked, closeDescriptor, libc, SystemCallError } from "./libc.ts";

const socket = libc.func("int socket(int, int, int)");
const send = libc.func("long send(int, const void *, size_t, int)");
const receive = libc.func("long recv(int, void *, size_t, int)");

const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_REQUEST_DUMP = 1 | 0x300;
const protocolNumber = { TCP: 6, UDP: 17 } as const;
/** struct nlmsghdr; behind it struct inet_diag_req_v2 or struct inet_diag_msg. */
const headerBytes = 16;
const requestBytes = headerBytes + 56;
/** Within struct inet_diag_msg. */
const cookieAt = 44;
const answerBytes = 65_536;
const anyState = 0xffff_ffff;

/**
 * The cookies of all sockets of a protocol in this thread's network namespace (sock_diag(7)): a socket keeps its own as long
 * as it lives, and no other ever has it. Anybody may ask. Throws `linux.*` problems.
 */
export function listSocketCookies(protocol: "UDP" | "TCP"): Set<bigint> {
  return attempt(`list ${protocol} sockets`, () => {
    const fd = checked("socket", socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG) as number);
    try {
      const cookies = new Set<bigint>();
      for (const family of [AF_INET, AF_INET6]) {
        const request = dumpRequest(family, protocolNumber[protocol]);
        checked("send", Number(send(fd, request, request.length, 0)));
        readAnswers(fd, cookies);
      }
      return cookies;
    } finally {
      closeDescriptor(fd);
    }
  });
}

function dumpRequest(family: number, protocol: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(requestBytes));
  view.setUint32(0, requestBytes, true);
  view.setUint16(4, SOCK_DIAG_BY_FAMILY, true);
  view.setUint16(6, NLM_F_REQUEST_DUMP, true);
  view.setUint8(headerBytes, family);
  view.setUint8(headerBytes + 1, protocol);
  view.setUint32(headerBytes + 4, anyState, true);
  return new Uint8Array(view.buffer);
}

/** Reads datagrams of messages until the one that says that it was the last. */
function readAnswers(fd: number, cookies: Set<bigint>): void {
  const answer = new DataView(new ArrayBuffer(answerBytes));
  for (;;) {
    const end = checked("recv", Number(receive(fd, answer, answerBytes, 0)));
    for (let at = 0; at + headerBytes <= end; ) {
      const type = answer.getUint16(at + 4, true);
      if (type === NLMSG_DONE) return;
      if (type === NLMSG_ERROR)
        throw new SystemCallError("sock_diag", -answer.getInt32(at + headerBytes, true));
      cookies.add(answer.getBigUint64(at + headerBytes + cookieAt, true));
      at += (answer.getUint32(at, true) + 3) & ~3;
    }
  }
}
