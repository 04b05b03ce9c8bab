import koffi from "koffi";
import { destroyConnection } from "../destroy-connection.ts";
import { checked, closeDescriptor, libc } from "../libc.ts";
import { int32 } from "../memory.ts";
import { familyOf, socketAddress } from "../socket-address.ts";
import { setSocketOption, socketOption } from "../socket-options.ts";
import type { StreamEnd } from "../stream-ends.ts";

const socket = libc.func("int socket(int, int, int)");
const bind = libc.func("int bind(int, const void *, uint)");
const connect = libc.func("int connect(int, const void *, uint)");
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
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
    setSocketOption(fd, "TCP_REPAIR", int32(1));
    setSocketOption(fd, isIpv6 ? "IPV6_TRANSPARENT" : "IP_TRANSPARENT", int32(1));
    setSocketOption(fd, "TCP_NODELAY", int32(1));
    setSocketOption(fd, "SO_LINGER", words(1, 0));
    if (!isIpv6) setSocketOption(fd, "IP_TOS", int32(state.trafficClass));
    // A byte that is urgent is one of the stream still, which has the same number of bytes on both sides.
    setSocketOption(fd, "SO_OOBINLINE", int32(1));
    // What is sent before the kernel looks at the options below is cut by this one.
    setSocketOption(fd, "TCP_MAXSEG", int32(Math.min(state.segmentBytes, segmentBytesMax)));
    if (state.receiveWindow > usualWindow)
      setSocketOption(fd, "SO_RCVBUFFORCE", int32(2 * state.receiveWindow));
    const self = socketAddress(state.self.address, state.self.port);
    checked("bind", bind(fd, self, self.length) as number);
    for (const [queue, next] of [
      [sendQueue, state.sendNext],
      [receiveQueue, state.receiveNext],
    ] as const) {
      setSocketOption(fd, "TCP_REPAIR_QUEUE", int32(queue));
      setSocketOption(fd, "TCP_QUEUE_SEQ", words(next));
    }
    connectHalf(fd, state);
    const { segmentBytes, scales, hasSack, clockOffset } = state;
    const agreed = [kinds.segment, segmentBytes];
    // Also where none was agreed on: the kernel would scale what it tells by a number of its own.
    agreed.push(kinds.window, scales ? scales.send | (scales.receive << 16) : 0);
    if (hasSack) agreed.push(kinds.sack, 0);
    if (clockOffset !== undefined) agreed.push(kinds.timestamp, 0);
    setSocketOption(fd, "TCP_REPAIR_OPTIONS", words(...agreed));
    if (clockOffset !== undefined) {
      // Its lowest bit would say that the clock counts microseconds.
      setSocketOption(fd, "TCP_TIMESTAMP", words((clock(fd) + clockOffset + 1) & ~1));
    }
    const { sendWindowAt, sendWindow, sendWindowMax, receiveWindow, receiveWindowAt } = state;
    const window = words(sendWindowAt, sendWindow, sendWindowMax, receiveWindow, receiveWindowAt);
    setSocketOption(fd, "TCP_REPAIR_WINDOW", window);
    setSocketOption(fd, "TCP_REPAIR", int32(offQuietly));
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
  setSocketOption(fd, "TCP_KEEPIDLE", int32(liveness.idleSeconds));
  setSocketOption(fd, "TCP_KEEPINTVL", int32(liveness.intervalSeconds));
  setSocketOption(fd, "TCP_KEEPCNT", int32(liveness.probes));
  setSocketOption(fd, "TCP_USER_TIMEOUT", int32(liveness.userTimeoutMs));
  setSocketOption(fd, "SO_KEEPALIVE", int32(liveness.keepsAlive ? 1 : 0));
}

/** Enum of linux/tcp_states.h (TCP_INFO). */
export function halfState(fd: number): number {
  return socketOption(fd, "TCP_INFO", 8)[0] as number;
}

function clock(fd: number): number {
  return new Uint32Array(socketOption(fd, "TCP_TIMESTAMP", 4).buffer)[0] as number;
}

/** 32 bits each, whatever their sign. */
function words(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values, (value) => value >>> 0).buffer);
}
