import { checked, libc } from "./libc.ts";
import { int32 } from "./memory.ts";

const getsockopt = libc.func("int getsockopt(int, int, int, void *, void *)");
const ioctl = libc.func("int ioctl(int, unsigned long, void *)");
const setsockopt = libc.func("int setsockopt(int, int, int, const void *, uint)");

/** Level and name (socket(7), tcp(7)). */
const options = {
  SO_SNDBUF: [1, 7],
  SO_SNDBUFFORCE: [1, 32],
  SO_RCVBUFFORCE: [1, 33],
  SO_COOKIE: [1, 57],
  SO_NETNS_COOKIE: [1, 71],
  TCP_NODELAY: [6, 1],
  TCP_WINDOW_CLAMP: [6, 10],
  TCP_NOTSENT_LOWAT: [6, 25],
} as const;
const FIONREAD = 0x541b;
type Option = keyof typeof options;

/** Throws `SystemCallError`. */
export function setSocketOption(fd: number, name: Option, value: number): void {
  const [level, number] = options[name];
  checked(`setsockopt(${name})`, setsockopt(fd, level, number, int32(value), 4) as number);
}

/** An option of 32 bits. Throws `SystemCallError`. */
export function socketOption(fd: number, name: Option): number {
  return new Int32Array(read(fd, name, 4).buffer)[0] as number;
}

/** The kernel's own number for a socket, never given twice. Throws `SystemCallError`. */
export function socketCookie(fd: number): bigint {
  return new BigUint64Array(read(fd, "SO_COOKIE", 8).buffer)[0] as bigint;
}

/** The kernel's own number for the network namespace that a socket is in. Throws `SystemCallError`. */
export function namespaceCookie(fd: number): bigint {
  return new BigUint64Array(read(fd, "SO_NETNS_COOKIE", 8).buffer)[0] as bigint;
}

/** Bytes that a socket has for its reader. Throws `SystemCallError`. */
export function unreadBytes(fd: number): number {
  const value = new Int32Array(1);
  checked("ioctl(FIONREAD)", ioctl(fd, FIONREAD, value) as number);
  return value[0] as number;
}

function read(fd: number, name: Option, bytes: number): Uint8Array<ArrayBuffer> {
  const [level, number] = options[name];
  const value = new Uint8Array(bytes);
  checked(`getsockopt(${name})`, getsockopt(fd, level, number, value, int32(bytes)) as number);
  return value;
}
