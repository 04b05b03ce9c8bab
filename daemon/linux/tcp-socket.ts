import koffi from "koffi";
import { checked, closeDescriptor, libc, SystemCallError } from "./libc.ts";
import { int32 } from "./memory.ts";
import { AF_INET, familyOf, socketAddress, socketAddressBytesMax } from "./socket-address.ts";

const socket = libc.func("int socket(int, int, int)");
const bind = libc.func("int bind(int, const void *, uint)");
const listen = libc.func("int listen(int, int)");
const accept4 = libc.func("int accept4(int, void *, void *, int)");
const connect = libc.func("int connect(int, const void *, uint)");
const setsockopt = libc.func("int setsockopt(int, int, int, const void *, uint)");
const getsockopt = libc.func("int getsockopt(int, int, int, void *, void *)");
const recv = libc.func("long recv(int, void *, size_t, int)");
const send = libc.func("long send(int, const void *, size_t, int)");
const shutdown = libc.func("int shutdown(int, int)");

const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_ERROR = 4;
const IPPROTO_IP = 0;
const IP_TRANSPARENT = 19;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const IPV6_TRANSPARENT = 75;
const MSG_NOSIGNAL = 0x4000;
const SHUT_WR = 1;
/** struct sockaddr of family AF_UNSPEC. */
const disconnected = new Uint8Array(16);
const { EAGAIN, EINPROGRESS, ECONNABORTED, EINTR } = koffi.os.errno;

/** What reading or writing came to: bytes, "later" when it would have to wait, or "broken" when there is no more. */
export type Moved = number | "later" | "broken";

export interface Accepted {
  fd: number;
  /** The peer: 4 or 16 bytes, network order. */
  address: Uint8Array;
  port: number;
}

/**
 * TCP sockets that never wait (tcp(7), ip(7)). The listening one may be bound to an address that is another machine's
 * (IP_TRANSPARENT): what makes packets for it arrive is the caller's business. Throws `SystemCallError`.
 */
export function listenTcp(address: Uint8Array, port: number, backlog: number): number {
  const fd = openSocket(address);
  try {
    setOption(fd, "SO_REUSEADDR", [SOL_SOCKET, SO_REUSEADDR], int32(1));
    if (address.length === 4) setOption(fd, "IP_TRANSPARENT", [IPPROTO_IP, IP_TRANSPARENT], int32(1));
    else {
      setOption(fd, "IPV6_V6ONLY", [IPPROTO_IPV6, IPV6_V6ONLY], int32(1));
      setOption(fd, "IPV6_TRANSPARENT", [IPPROTO_IPV6, IPV6_TRANSPARENT], int32(1));
    }
    const name = socketAddress(address, port);
    checked("bind", bind(fd, name, name.length) as number);
    checked("listen", listen(fd, backlog) as number);
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

/** The next connection; undefined when there is none. */
export function acceptTcp(listener: number): Accepted | undefined {
  const name = new Uint8Array(socketAddressBytesMax);
  const fd = accept4(listener, name, int32(name.length), SOCK_NONBLOCK | SOCK_CLOEXEC) as number;
  if (fd < 0) {
    const errno = koffi.errno();
    if (errno === EAGAIN || errno === ECONNABORTED || errno === EINTR) return undefined;
    throw new SystemCallError("accept4", errno);
  }
  const view = new DataView(name.buffer);
  const isIpv4 = view.getUint16(0, true) === AF_INET;
  return { fd, port: view.getUint16(2), address: isIpv4 ? name.slice(4, 8) : name.slice(8, 24) };
}

/** Begins to connect; the socket becomes writable when that has come to something (`socketError`). */
export function connectTcp(address: Uint8Array, port: number): number {
  const fd = openSocket(address);
  const name = socketAddress(address, port);
  if ((connect(fd, name, name.length) as number) < 0 && koffi.errno() !== EINPROGRESS) {
    const errno = koffi.errno();
    closeDescriptor(fd);
    throw new SystemCallError("connect", errno);
  }
  return fd;
}

/** The socket's pending error, which this takes; 0 for none. */
export function socketError(fd: number): number {
  const value = new Int32Array(1);
  checked("getsockopt(SO_ERROR)", getsockopt(fd, SOL_SOCKET, SO_ERROR, value, int32(4)) as number);
  return value[0] as number;
}

/** Reads into `into`; 0 is the end of what the peer sends. */
export function readTcp(fd: number, into: Uint8Array): Moved {
  return outcome(recv(fd, into, into.length, 0) as number);
}

export function writeTcp(fd: number, bytes: Uint8Array): Moved {
  return outcome(send(fd, bytes, bytes.length, MSG_NOSIGNAL) as number);
}

/** Nothing more will be sent; that a peer has broken off already is told by the next read. */
export function endTcp(fd: number): void {
  shutdown(fd, SHUT_WR);
}

/**
 * Closes; with a reset (also of whom a listener has not accepted yet), or as TCP does when all was sent and read.
 *
 * A reset is sent by disconnecting, not by closing: a process that is just being started has the descriptor, too, until it
 * becomes another program, and as long as one is left closing does nothing.
 */
export function closeTcp(fd: number, how: "orderly" | "reset"): void {
  if (how === "reset") {
    checked("connect(AF_UNSPEC)", connect(fd, disconnected, disconnected.length) as number);
  }
  closeDescriptor(fd);
}

function outcome(result: number): Moved {
  if (result >= 0) return result;
  const errno = koffi.errno();
  return errno === EAGAIN || errno === EINTR ? "later" : "broken";
}

function openSocket(address: Uint8Array): number {
  return checked(
    "socket",
    socket(familyOf(address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) as number,
  );
}

function setOption(fd: number, name: string, [level, option]: [number, number], value: Uint8Array): void {
  checked(`setsockopt(${name})`, setsockopt(fd, level, option, value, value.length) as number);
}
