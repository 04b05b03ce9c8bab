import { checked, libc } from "./libc.ts";
import { int32 } from "./memory.ts";

const getsockopt = libc.func("int getsockopt(int, int, int, void *, void *)");
const ioctl = libc.func("int ioctl(int, unsigned long, void *)");
const setsockopt = libc.func("int setsockopt(int, int, int, const void *, uint)");

/** Level and name (socket(7), ip(7), linux/tcp.h). */
const options = {
  SO_KEEPALIVE: [1, 9],
  SO_OOBINLINE: [1, 10],
  SO_LINGER: [1, 13],
  SO_RCVBUFFORCE: [1, 33],
  SO_COOKIE: [1, 57],
  IP_TOS: [0, 1],
  IP_TRANSPARENT: [0, 19],
  IPV6_TRANSPARENT: [41, 75],
  TCP_NODELAY: [6, 1],
  TCP_MAXSEG: [6, 2],
  TCP_KEEPIDLE: [6, 4],
  TCP_KEEPINTVL: [6, 5],
  TCP_KEEPCNT: [6, 6],
  TCP_INFO: [6, 11],
  TCP_USER_TIMEOUT: [6, 18],
  TCP_REPAIR: [6, 19],
  TCP_REPAIR_QUEUE: [6, 20],
  TCP_QUEUE_SEQ: [6, 21],
  TCP_REPAIR_OPTIONS: [6, 22],
  TCP_TIMESTAMP: [6, 24],
  TCP_REPAIR_WINDOW: [6, 29],
} as const;
const SIOCOUTQ = 0x5411;
const FIONREAD = 0x541b;
type Option = keyof typeof options;

// Each of these throws `SystemCallError`.

export function setSocketOption(fd: number, name: Option, value: Uint8Array): void {
  const [level, option] = options[name];
  checked(`setsockopt(${name})`, setsockopt(fd, level, option, value, value.length) as number);
}

/** The first so many bytes of an option. */
export function socketOption(fd: number, name: Option, bytes: number): Uint8Array<ArrayBuffer> {
  const [level, option] = options[name];
  const value = new Uint8Array(bytes);
  checked(`getsockopt(${name})`, getsockopt(fd, level, option, value, int32(bytes)) as number);
  return value;
}

/** The kernel's own number for a socket, never given twice. */
export function socketCookie(fd: number): bigint {
  return new BigUint64Array(socketOption(fd, "SO_COOKIE", 8).buffer)[0] as bigint;
}

/** Bytes that have come and were not read yet. */
export function unreadBytes(fd: number): number {
  return queued(fd, FIONREAD);
}

/** Bytes that were sent and not acknowledged yet. */
export function unsentBytes(fd: number): number {
  return queued(fd, SIOCOUTQ);
}

function queued(fd: number, request: number): number {
  const value = new Int32Array(1);
  checked("ioctl", ioctl(fd, request, value) as number);
  return value[0] as number;
}
