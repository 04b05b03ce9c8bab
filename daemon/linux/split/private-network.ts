import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fail } from "../../../schemas/mod.ts";
import { checked, closeDescriptor, libc } from "../libc.ts";

const open = libc.func("int open(const char *, int)");
const setns = libc.func("int setns(int, int)");
const unshare = libc.func("int unshare(int)");
const O_CLOEXEC = 0o2000000;
const CLONE_NEWNET = 0x4000_0000;
const device = "inside";
const ipTimeoutMs = 5_000;
/** What the application or its network sends in one piece passes in one piece. */
const mtu = 65_535;
/** Addresses are not asked for: whatever is sent goes out by the one device. */
const link = `link set ${device} arp off mtu ${mtu} up`;
/** Of no use but that the table of local addresses, which is asked about each, is there (RFC 7600 has one for such). */
const dummyAddress = "192.0.0.8";
const routes = `route add default dev ${device} quickack 1
rule add iif ${device} lookup 100
route add local default dev ${device} table 100
`;
const settings: Record<string, string> = {
  "ipv4/conf/all/rp_filter": "0",
  [`ipv4/conf/${device}/rp_filter`]: "0",
  // 127.0.0.1 is an address like others here; the namespace's own loopback interface is down.
  [`ipv4/conf/${device}/route_localnet`]: "1",
};

/**
 * A network namespace without a name, in which every address is local: packets that come in by its one device are for its
 * sockets, whatever they send leaves by it. The device's other end is an interface of the namespace that this thread is in.
 */
export class PrivateNetwork {
  /** Name and index of the other end. */
  readonly outside: string;
  readonly index: number;
  readonly #namespace: number;

  /**
   * Throws `SystemCallError` and `linux.*` problems. Blocks for some milliseconds.
   * @param address of the device inside, six bytes
   */
  static make(outside: string, address: readonly number[]): PrivateNetwork {
    const home = openNamespace();
    let namespace = -1;
    try {
      checked("unshare", unshare(CLONE_NEWNET) as number);
      try {
        namespace = openNamespace();
        const text = address.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
        ip(
          "-4",
          `link add ${device} address ${text} type veth peer name ${outside} netns /proc/${process.pid}/fd/${home}
${link}
address add ${dummyAddress} dev ${device}
${routes}`,
        );
        if (existsSync("/proc/sys/net/ipv6")) ip("-6", routes);
        for (const [name, value] of Object.entries(settings)) setNetwork(name, value);
      } finally {
        checked("setns", setns(home, CLONE_NEWNET) as number);
      }
      ip("-4", `link set ${outside} addrgenmode none\nlink set ${outside} arp off mtu ${mtu} up\n`);
      return new PrivateNetwork(outside, namespace);
    } catch (error) {
      if (namespace >= 0) closeDescriptor(namespace);
      throw error;
    } finally {
      closeDescriptor(home);
    }
  }

  private constructor(outside: string, namespace: number) {
    this.outside = outside;
    this.#namespace = namespace;
    this.index = indexOf(outside);
  }

  get fd(): number {
    return this.#namespace;
  }

  /** Does something with this thread in the namespace. Sockets that are opened belong to it. */
  inside<T>(work: () => T): T {
    const home = openNamespace();
    try {
      checked("setns", setns(this.#namespace, CLONE_NEWNET) as number);
      try {
        return work();
      } finally {
        checked("setns", setns(home, CLONE_NEWNET) as number);
      }
    } finally {
      closeDescriptor(home);
    }
  }

  /** The namespace ends with its last socket. */
  close(): void {
    closeDescriptor(this.#namespace);
  }
}

/** Runs ip(8) in the thread's namespace. */
export function ip(family: "-4" | "-6", input: string): void {
  const options = { input, encoding: "utf8", timeout: ipTimeoutMs } as const;
  const { error, status, stderr } = spawnSync("ip", [family, "-batch", "-"], options);
  if (status === 0) return;
  const is = error?.message ?? `ip ${family}: ${stderr.trim()}`;
  fail("linux.failed", { what: "set up a network namespace for TCP connections", is });
}

/** The namespace that the calling thread is in. */
function openNamespace(): number {
  return checked("open", open("/proc/thread-self/ns/net", O_CLOEXEC) as number);
}

/** Of the thread's namespace, as the kernel numbers it there. */
export function indexOf(name: string): number {
  return checked("if_nametoindex", (if_nametoindex(name) as number) || -1);
}

const if_nametoindex = libc.func("unsigned int if_nametoindex(const char *)");

/** Sets what /proc/sys/net has of the thread's namespace. */
export function setNetwork(name: string, value: string): void {
  const path = `/proc/sys/net/${name}`;
  if (readFileSync(path, "latin1").trim() !== value) writeFileSync(path, value);
}
