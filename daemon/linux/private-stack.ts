import { existsSync } from "node:fs";
import { attempt } from "./attempt.ts";
import { runIp } from "./ip-command.ts";
import { closeDescriptor, libc } from "./libc.ts";
import { withinNamespace, withinNewNamespace } from "./namespace.ts";
import type { Holding } from "./reclaim.ts";
import { listenTcp } from "./tcp-socket.ts";
import { openTun } from "./tun.ts";

const read = libc.func("long read(int, void *, size_t)");
const write = libc.func("long write(int, const void *, size_t)");

const device = "wire";
/** The least that every path of IPv6 carries: what is sent never needs the messages by which paths tell their size. */
const mtu = 1_280;
const packetBytesMax = 65_535;
const what = "make a network namespace for TCP streams";
const needs = "CAP_SYS_ADMIN, CAP_NET_ADMIN and access to /dev/net/tun";

/** Whatever comes in by the device is local, to whatever address; whatever is sent leaves by it. */
const setUp = `link set lo up
link set ${device} up mtu ${mtu}
route add default dev ${device}
rule add iif ${device} lookup 100
route add local default dev lo table 100
`;

/**
 * A TCP/IP stack of the kernel's that nothing but this process speaks with: a network namespace that has no name, and a
 * TUN device in it, whose packets this process writes and reads. Sockets in it may listen on any address. All of it is
 * gone when its descriptors are closed, however that happens, and nothing of the machine's own network is changed.
 */
export class PrivateStack {
  /** Readable when the stack has packets to send. */
  readonly fd: number;
  readonly #namespace: number;
  readonly #packet = new Uint8Array(packetBytesMax);

  private constructor(fd: number, namespace: number) {
    this.fd = fd;
    this.#namespace = namespace;
  }

  /** Throws `linux.*` problems. Needs CAP_SYS_ADMIN and CAP_NET_ADMIN, /dev/net/tun and ip(8). Blocks for some milliseconds. */
  static open(): PrivateStack {
    return attempt(what, () => withinNewNamespace((namespace) => PrivateStack.#make(namespace)), { needs });
  }

  static #make(namespace: number): PrivateStack {
    const fd = openTun(device, "tun");
    try {
      runIp(what, "-4", setUp);
      if (existsSync("/proc/sys/net/ipv6")) runIp(what, "-6", setUp);
      return new PrivateStack(fd, namespace);
    } catch (error) {
      closeDescriptor(fd);
      throw error;
    }
  }

  /** A listening socket in the stack. Throws `linux.*` problems: the port of that address may be taken. */
  listen(address: Uint8Array, port: number, backlog: number): number {
    return attempt(`listen on port ${port} for a sleeping host`, () =>
      withinNamespace(this.#namespace, () => listenTcp(address, port, backlog)),
    );
  }

  /** Lets an IP packet come in; one that the stack will not take is lost, as on a wire. */
  receive(packet: Uint8Array): void {
    write(this.fd, packet, packet.length);
  }

  /** The next IP packet that the stack sends, until the next call; undefined when there is none. */
  next(): Uint8Array | undefined {
    const length = read(this.fd, this.#packet, this.#packet.length) as number;
    return length > 0 ? this.#packet.subarray(0, length) : undefined;
  }

  holdings(): Holding[] {
    return [
      { kind: "descriptor", fd: this.fd },
      { kind: "descriptor", fd: this.#namespace },
    ];
  }

  close(): void {
    closeDescriptor(this.fd);
    closeDescriptor(this.#namespace);
  }
}
