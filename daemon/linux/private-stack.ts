import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fail } from "../../schemas/mod.ts";
import { attempt } from "./attempt.ts";
import { checked, closeDescriptor, libc } from "./libc.ts";
import type { Holding } from "./reclaim.ts";
import { listenTcp } from "./tcp-socket.ts";

const open = libc.func("int open(const char *, int)");
const ioctl = libc.func("int ioctl(int, ulong, void *)");
const read = libc.func("long read(int, void *, size_t)");
const write = libc.func("long write(int, const void *, size_t)");
const setns = libc.func("int setns(int, int)");
const unshare = libc.func("int unshare(int)");

const O_RDWR = 2;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const CLONE_NEWNET = 0x4000_0000;
const TUNSETIFF = 0x4004_54ca;
const IFF_TUN = 1;
const IFF_NO_PI = 0x1000;
const device = "wire";
/** The least that every path of IPv6 carries: what is sent never needs the messages by which paths tell their size. */
const mtu = 1_280;
const packetBytesMax = 65_535;
const ipTimeoutMs = 5_000;
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
    return attempt(
      "make a network namespace for TCP streams",
      () => {
        const home = openNamespace();
        try {
          checked("unshare", unshare(CLONE_NEWNET) as number);
          try {
            return PrivateStack.#make();
          } finally {
            checked("setns", setns(home, CLONE_NEWNET) as number);
          }
        } finally {
          closeDescriptor(home);
        }
      },
      { needs },
    );
  }

  static #make(): PrivateStack {
    const namespace = openNamespace();
    let fd = -1;
    try {
      fd = checked("open(/dev/net/tun)", open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC) as number);
      // struct ifreq: char name[16], then a union, here of short flags.
      const request = new Uint8Array(40);
      request.set(Buffer.from(device, "latin1"));
      new DataView(request.buffer).setUint16(16, IFF_TUN | IFF_NO_PI, true);
      checked("ioctl(TUNSETIFF)", ioctl(fd, TUNSETIFF, request) as number);
      ip("-4", setUp);
      if (existsSync("/proc/sys/net/ipv6")) ip("-6", setUp);
      return new PrivateStack(fd, namespace);
    } catch (error) {
      if (fd >= 0) closeDescriptor(fd);
      closeDescriptor(namespace);
      throw error;
    }
  }

  /** A listening socket in the stack. Throws `linux.*` problems: the port of that address may be taken. */
  listen(address: Uint8Array, port: number, backlog: number): number {
    return attempt(`listen on port ${port} for a sleeping host`, () => {
      const home = openNamespace();
      try {
        checked("setns", setns(this.#namespace, CLONE_NEWNET) as number);
        try {
          return listenTcp(address, port, backlog);
        } finally {
          checked("setns", setns(home, CLONE_NEWNET) as number);
        }
      } finally {
        closeDescriptor(home);
      }
    });
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

/** The namespace that the calling thread is in. */
function openNamespace(): number {
  return checked("open", open("/proc/thread-self/ns/net", O_CLOEXEC) as number);
}

/** Runs ip(8) in the thread's namespace. */
function ip(family: "-4" | "-6", input: string): void {
  const options = { input, encoding: "utf8", timeout: ipTimeoutMs } as const;
  const { error, status, stderr } = spawnSync("ip", [family, "-batch", "-"], options);
  if (status === 0) return;
  const is = error?.message ?? `ip ${family}: ${stderr.trim()}`;
  fail("linux.failed", { what: "set up a network namespace for TCP streams", is });
}
