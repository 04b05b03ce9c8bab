import { checked, closeDescriptor, libc, SystemCallError } from "./libc.ts";
import { int32 } from "./memory.ts";
import { setSocketOption } from "./socket-options.ts";
import { acceptTcp, connectTcp, listenTcp } from "./tcp-socket.ts";

const getsockname = libc.func("int getsockname(int, void *, void *)");
const poll = libc.func("int poll(void *, unsigned long, int)");
const loopback = Uint8Array.of(127, 0, 0, 1);
const readable = 1;
const backlog = 8;
const waitMs = 1_000;

/** Two TCP sockets of this process, connected to each other. */
export interface SocketPair {
  inner: number;
  outer: number;
}

/** Makes pairs of sockets, over the loopback interface of this thread's network namespace. Throws `SystemCallError`. */
export class SocketPairs {
  readonly fd: number;
  /** Of the loopback interface, over which the pairs are made. */
  readonly port: number;

  constructor() {
    this.fd = listenTcp(loopback, 0, backlog);
    const name = new Uint8Array(16);
    checked("getsockname", getsockname(this.fd, name, int32(name.length)) as number);
    this.port = new DataView(name.buffer).getUint16(2);
  }

  /**
   * @param wayBytes what may be on the way from the inner to the outer one
   * @param innerBytes what the inner one may hold for its reader
   */
  make({ wayBytes, innerBytes }: { wayBytes: number; innerBytes: number }): SocketPair {
    const inner = connectTcp(loopback, this.port);
    try {
      const outer = this.#accept();
      for (const fd of [inner, outer]) setSocketOption(fd, "TCP_NODELAY", 1);
      setSocketOption(inner, "SO_SNDBUFFORCE", wayBytes / 2);
      setSocketOption(outer, "SO_RCVBUFFORCE", wayBytes / 2);
      setSocketOption(inner, "SO_RCVBUFFORCE", innerBytes);
      return { inner, outer };
    } catch (error) {
      closeDescriptor(inner);
      throw error;
    }
  }

  close(): void {
    closeDescriptor(this.fd);
  }

  #accept(): number {
    const accepted = acceptTcp(this.fd);
    if (accepted) return accepted.fd;
    poll(Int32Array.of(this.fd, readable), 1, waitMs);
    const late = acceptTcp(this.fd);
    if (!late) throw new SystemCallError("accept4", 0);
    return late.fd;
  }
}
