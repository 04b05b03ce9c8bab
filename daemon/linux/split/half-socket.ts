import koffi from "koffi";
import { destroyConnection } from "../destroy-connection.ts";
import { checked, closeDescriptor, libc } from "../libc.ts";
import { int32 } from "../memory.ts";
import { familyOf, socketAddress } from "../socket-address.ts";
import type { StreamEnd } from "../stream-ends.ts";

const socket = libc.func("int socket(int, int, int)");
const bind = libc.func("int bind(int, const void *, uint)");
const connect = libc.func("int connect(int, const void *, uint)");
const setsockopt = libc.func("int setsockopt(int, int, int, const void *, uint)");
const getsockopt = libc.func("int getsockopt(int, int, int, void *, void *)");
const ioctl = libc.func("int ioctl(int, unsigned long, void *)");
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
/** Level and name of options (socket(7), ip(7), linux/tcp.h). */
const options = {
  SO_KEEPALIVE: [1, 9],
  SO_OOBINLINE: [1, 10],
  SO_LINGER: [1, 13],
  SO_SNDBUFFORCE: [1, 32],
  SO_RCVBUFFORCE: [1, 33],
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
const [receiveQueue, sendQueue] = [1, 2];
/** TCP_REPAIR_OFF_NO_WP. */
const offQuietly = -1;
/** Kinds of TCP options (linux/tcp.h: TCPOPT_*). */
const kinds = { segment: 2, window: 3, sack: 4, timestamp: 8 } as const;
/** struct sockaddr of family AF_UNSPEC. */
const disconnected = new Uint8Array(16);
const segmentBytesMax = 32_767;
/** Instead of a socket's cookie (INET_DIAG_NOCOOKIE, twice). */
const anySocket = 0xffff_ffff_ffff_ffffn;
/** A receiver that has said it would take more has to have room for it from the beginning. */
const usualWindow = 65_536;
const SIOCOUTQ = 0x5411;
const FIONREAD = 0x541b;

/** A TCP socket in the middle of a connection that it was not there for: as whom, to whom, and with which numbers it goes on. */
export interface HalfState {
  self: StreamEnd;
  peer: StreamEnd;
  /** Of the next byte that it sends, and of the next that it expects. */
  sendNext: number;
  receiveNext: number;
  /** How many bytes its peer would take now, and would at most; as of which byte of the peer's that is known. */
  sendWindow: number;
  sendWindowMax: number;
  sendWindowAt: number;
  /** How many bytes it has said that it would take, as of which byte. */
  receiveWindow: number;
  receiveWindowAt: number;
  segmentBytes: number;
  /** Undefined: windows are not scaled. */
  scales: { send: number; receive: number } | undefined;
  hasSack: boolean;
  /** How far its timestamps are ahead of the kernel's clock; undefined: it has none. */
  clockOffset: number | undefined;
  /** Of IPv4: its packets' type of service (RFC 2474). */
  trafficClass: number;
}

/**
 * Makes such a socket (TCP_REPAIR, as checkpoint and restore use it), in the thread's network namespace. Closing it ends the
 * connection by a reset. Throws `SystemCallError`; needs CAP_NET_ADMIN there.
 */
export function openHalf(state: HalfState): number {
  const isIpv6 = state.self.address.length === 16;
  const type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
  const fd = checked("socket", socket(familyOf(state.self.address), type, 0) as number);
  try {
    setOption(fd, "TCP_REPAIR", int32(1));
    setOption(fd, isIpv6 ? "IPV6_TRANSPARENT" : "IP_TRANSPARENT", int32(1));
    setOption(fd, "TCP_NODELAY", int32(1));
    setOption(fd, "SO_LINGER", words(1, 0));
    if (!isIpv6) setOption(fd, "IP_TOS", int32(state.trafficClass));
    // A byte that is urgent is one of the stream still, which has the same number of bytes on both sides.
    setOption(fd, "SO_OOBINLINE", int32(1));
    // What is sent before the kernel looks at the options below is cut by this one.
    setOption(fd, "TCP_MAXSEG", int32(Math.min(state.segmentBytes, segmentBytesMax)));
    if (state.receiveWindow > usualWindow) setOption(fd, "SO_RCVBUFFORCE", int32(2 * state.receiveWindow));
    const self = socketAddress(state.self.address, state.self.port);
    checked("bind", bind(fd, self, self.length) as number);
    for (const [queue, next] of [
      [sendQueue, state.sendNext],
      [receiveQueue, state.receiveNext],
    ] as const) {
      setOption(fd, "TCP_REPAIR_QUEUE", int32(queue));
      setOption(fd, "TCP_QUEUE_SEQ", words(next));
    }
    connectHalf(fd, state);
    const { segmentBytes, scales, hasSack, clockOffset } = state;
    const agreed = [kinds.segment, segmentBytes];
    // Also where none was agreed on: the kernel would scale what it tells by a number of its own.
    agreed.push(kinds.window, scales ? scales.send | (scales.receive << 16) : 0);
    if (hasSack) agreed.push(kinds.sack, 0);
    if (clockOffset !== undefined) agreed.push(kinds.timestamp, 0);
    setOption(fd, "TCP_REPAIR_OPTIONS", words(...agreed));
    if (clockOffset !== undefined) {
      // Its lowest bit would say that the clock counts microseconds.
      setOption(fd, "TCP_TIMESTAMP", words((clock(fd) + clockOffset + 1) & ~1));
    }
    const { sendWindowAt, sendWindow, sendWindowMax, receiveWindow, receiveWindowAt } = state;
    const window = words(sendWindowAt, sendWindow, sendWindowMax, receiveWindow, receiveWindowAt);
    setOption(fd, "TCP_REPAIR_WINDOW", window);
    setOption(fd, "TCP_REPAIR", int32(offQuietly));
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

/**
 * An earlier connection had the same ends, and may be waiting still for what is on its way to it. Where the applications' sockets
 * have begun another, that one is over for them.
 */
function connectHalf(fd: number, { self, peer }: HalfState): void {
  const address = socketAddress(peer.address, peer.port);
  if ((connect(fd, address, address.length) as number) === 0) return;
  if (koffi.errno() === koffi.os.errno.EADDRNOTAVAIL)
    destroyConnection({ local: self, remote: peer }, anySocket);
  checked("connect", connect(fd, address, address.length) as number);
}

/** Breaks the connection off: the other end is told by a reset. It is still to be closed. */
export function breakHalf(fd: number): void {
  checked("connect(AF_UNSPEC)", connect(fd, disconnected, disconnected.length) as number);
}

/** How an application wants to learn that its peer is gone (tcp(7)). */
export interface Liveness {
  /** It asks an idle peer whether it is there. */
  keepsAlive: boolean;
  idleSeconds: number;
  intervalSeconds: number;
  probes: number;
  /** What is sent and not acknowledged for so long breaks the connection; 0: as the system has it. */
  userTimeoutMs: number;
}

/** Has a half find out what the application's own socket would. */
export function setLiveness(fd: number, liveness: Liveness): void {
  setOption(fd, "TCP_KEEPIDLE", int32(liveness.idleSeconds));
  setOption(fd, "TCP_KEEPINTVL", int32(liveness.intervalSeconds));
  setOption(fd, "TCP_KEEPCNT", int32(liveness.probes));
  setOption(fd, "TCP_USER_TIMEOUT", int32(liveness.userTimeoutMs));
  setOption(fd, "SO_KEEPALIVE", int32(liveness.keepsAlive ? 1 : 0));
}

/** Enum of linux/tcp_states.h (TCP_INFO). */
export function halfState(fd: number): number {
  const value = new Uint8Array(8);
  const [level, name] = options.TCP_INFO;
  checked("getsockopt(TCP_INFO)", getsockopt(fd, level, name, value, int32(value.length)) as number);
  return value[0] as number;
}

/** Bytes that were sent and not acknowledged yet. */
export function unsentBytes(fd: number): number {
  return queued(fd, SIOCOUTQ);
}

/** Bytes that have come and were not read yet. */
export function unreadBytesOf(fd: number): number {
  return queued(fd, FIONREAD);
}

function queued(fd: number, request: number): number {
  const value = new Int32Array(1);
  checked("ioctl", ioctl(fd, request, value) as number);
  return value[0] as number;
}

function clock(fd: number): number {
  const value = new Uint32Array(1);
  const [level, name] = options.TCP_TIMESTAMP;
  checked("getsockopt(TCP_TIMESTAMP)", getsockopt(fd, level, name, value, int32(4)) as number);
  return value[0] as number;
}

function setOption(fd: number, name: keyof typeof options, value: Uint8Array): void {
  const [level, option] = options[name];
  checked(`setsockopt(${name})`, setsockopt(fd, level, option, value, value.length) as number);
}

/** 32 bits each, whatever their sign. */
function words(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values, (value) => value >>> 0).buffer);
}
