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
const MSG_DONTWAIT = 0x40;
const SOCK_DIAG_BY_FAMILY = 20;
const NLM_F_REQUEST = 1;
const NLM_F_DUMP = 0x300;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const ENOENT = 2;
const UDP = 17;
const TCP = 6;
/** struct nlmsghdr, and behind it struct inet_diag_req_v2 or struct inet_diag_msg. */
const headerBytes = 16;
const requestBytes = headerBytes + 56;
const messageBytes = 72;
// Within struct inet_diag_msg.
const stateAt = 1;
const cookieAt = 44;
const inodeAt = 68;
/** States (net/tcp_states.h) of a connection whose application has not closed it, were it accepted. */
const openStates: readonly number[] = [1, 3, 8, 12];
const answerBytesMax = 32 * 1024;
const anyInterface = 0;
const noCookie = 0xffff_ffff;
const whichever = { local: new Uint8Array(4), localPort: 0, remote: new Uint8Array(4), remotePort: 0 };

/** The two ends of a datagram or a connection as the host that asks sees them. */
export interface SocketEnds {
  protocol: "UDP" | "TCP";
  /** 4 or 16 bytes, network order. */
  local: Uint8Array;
  localPort: number;
  remote: Uint8Array;
  /** 0, and an address of zeros: only what is bound to the local end, or listens there. */
  remotePort: number;
  /** Index of the interface, where sockets are bound to some. */
  interface?: number;
}

/** A socket as the kernel knows it. */
export interface SocketIdentity {
  /** Never given to another socket until the machine starts again. */
  cookie: bigint;
  /** Of its descriptors; 0 when nobody has one: not accepted yet, or closed. */
  inode: number;
  /** A connection that is open, but which its application has not accepted yet. */
  waiting: boolean;
}

/**
 * Asks the kernel which socket of this thread's network namespace takes what comes for an address, as it would decide
 * itself: connected before bound, bound before wildcard, one of a SO_REUSEPORT group (NETLINK_SOCK_DIAG, sock_diag(7)).
 * Anybody may.
 */
export class SocketDiagnosis {
  readonly fd: number;
  readonly #request = new Uint8Array(new ArrayBuffer(requestBytes));
  readonly #view = new DataView(this.#request.buffer);
  readonly #answer = new Uint8Array(new ArrayBuffer(answerBytesMax));
  readonly #read = new DataView(this.#answer.buffer);
  #sequence = 0;

  /** Throws `linux.*` problems. */
  constructor() {
    this.fd = attempt("open a socket to ask for sockets", () =>
      checked("socket(NETLINK_SOCK_DIAG)", socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG) as number),
    );
    this.#view.setUint32(0, requestBytes, true);
    this.#view.setUint16(4, SOCK_DIAG_BY_FAMILY, true);
  }

  /** Throws `linux.*` problems. Costs two system calls. */
  find(ends: SocketEnds): SocketIdentity | undefined {
    return attempt("ask for a socket", () => {
      this.#ask(ends, NLM_F_REQUEST);
      return this.#understand(this.#next());
    });
  }

  /** Cookies of all sockets of a protocol; while sockets come and go, one of those may be missing. Throws `linux.*` problems. */
  cookies(protocol: "UDP" | "TCP"): Set<bigint> {
    const cookies = new Set<bigint>();
    attempt("list sockets", () => {
      for (const family of [AF_INET, AF_INET6]) {
        this.#ask({ ...whichever, protocol }, NLM_F_REQUEST | NLM_F_DUMP, family);
        while (this.#collect(this.#next(), cookies));
      }
    });
    return cookies;
  }

  close(): void {
    closeDescriptor(this.fd);
  }

  #ask(
    { protocol, local, localPort, remote, remotePort, interface: index }: SocketEnds,
    flags: number,
    family = local.length === 4 ? AF_INET : AF_INET6,
  ): void {
    this.#sequence = (this.#sequence + 1) >>> 0;
    // The kernel swaps the two ends of a UDP socket that is asked for, and has to go on doing so (net/ipv4/udp_diag.c).
    const ends = [
      { address: local, port: localPort },
      { address: remote, port: remotePort },
    ];
    if (protocol === "UDP") ends.reverse();
    this.#request.fill(0, 8);
    this.#view.setUint16(6, flags, true);
    this.#view.setUint32(8, this.#sequence, true);
    this.#view.setUint8(16, family);
    this.#view.setUint8(17, protocol === "UDP" ? UDP : TCP);
    this.#view.setUint32(20, 0xffff_ffff, true);
    for (const [at, { address, port }] of ends.entries()) {
      this.#view.setUint16(24 + 2 * at, port);
      this.#request.set(address, 28 + 16 * at);
    }
    this.#view.setUint32(60, index ?? anyInterface, true);
    this.#view.setUint32(64, noCookie, true);
    this.#view.setUint32(68, noCookie, true);
    checked("send(NETLINK_SOCK_DIAG)", Number(send(this.fd, this.#request, requestBytes, 0)));
  }

  /** Waits for nothing: the kernel has answered when it has taken the question. */
  #next(): number {
    for (;;) {
      const length = checked("recv", Number(receive(this.fd, this.#answer, answerBytesMax, MSG_DONTWAIT)));
      // What answers an earlier question, which was given up by an error, is not meant.
      if (this.#read.getUint32(8, true) === this.#sequence) return length;
    }
  }

  /** Answers whether there is more to come. */
  #collect(length: number, cookies: Set<bigint>): boolean {
    for (let at = 0; at + headerBytes <= length; ) {
      const type = this.#read.getUint16(at + 4, true);
      if (type === NLMSG_DONE) return false;
      if (type === NLMSG_ERROR) this.#refused(at);
      cookies.add(this.#read.getBigUint64(at + headerBytes + cookieAt, true));
      at += (this.#read.getUint32(at, true) + 3) & ~3;
    }
    return true;
  }

  #understand(length: number): SocketIdentity | undefined {
    if (this.#read.getUint16(4, true) === NLMSG_ERROR) {
      return this.#read.getInt32(headerBytes, true) === -ENOENT ? undefined : this.#refused(0);
    }
    if (length < headerBytes + messageBytes) throw new Error(`an answer of ${length} bytes names no socket`);
    const inode = this.#read.getUint32(headerBytes + inodeAt, true);
    const state = this.#read.getUint8(headerBytes + stateAt);
    const isTcp = this.#view.getUint8(17) === TCP;
    return {
      cookie: this.#read.getBigUint64(headerBytes + cookieAt, true),
      inode,
      waiting: isTcp && inode === 0 && openStates.includes(state),
    };
  }

  #refused(at: number): never {
    throw new SystemCallError("NETLINK_SOCK_DIAG", -this.#read.getInt32(at + headerBytes, true));
  }
}
