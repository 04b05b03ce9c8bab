import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { runIp } from "../ip-command.ts";
import { checked, closeDescriptor, libc } from "../libc.ts";
import { withinNamespace, withinNewNamespace } from "../namespace.ts";

const if_nametoindex = libc.func("unsigned int if_nametoindex(const char *)");
const what = "set up a network namespace for TCP connections";
const device = "inside";
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
  // That a path takes no packets of some size is told to the host's own socket, and not to one in here.
  "ipv4/tcp_mtu_probing": "1",
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
    const text = address.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
    const namespace = withinNewNamespace((made, home) => {
      const pair = `link add ${device} address ${text} type veth peer name ${outside}`;
      const setUp = `${pair} netns /proc/${process.pid}/fd/${home}
${link}
address add ${dummyAddress} dev ${device}
${routes}`;
      runIp(what, "-4", setUp);
      if (existsSync("/proc/sys/net/ipv6")) runIp(what, "-6", routes);
      for (const [name, value] of Object.entries(settings)) setNetwork(name, value);
      return made;
    });
    try {
      setUpLink(outside, mtu);
      return new PrivateNetwork(outside, namespace);
    } catch (error) {
      closeDescriptor(namespace);
      throw error;
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
    return withinNamespace(this.#namespace, work);
  }

  /** The namespace ends with its last socket. */
  close(): void {
    closeDescriptor(this.#namespace);
  }
}

/** Has an interface of the thread's namespace carry packets, and nothing that the kernel would send by itself. */
export function setUpLink(name: string, bytes: number): void {
  runIp(what, "-4", `link set ${name} addrgenmode none\nlink set ${name} arp off mtu ${bytes} up\n`);
}

/** Of the thread's namespace, as the kernel numbers it there. */
export function indexOf(name: string): number {
  return checked("if_nametoindex", (if_nametoindex(name) as number) || -1);
}

/** Sets what /proc/sys/net has of the thread's namespace. */
export function setNetwork(name: string, value: string): void {
  const path = `/proc/sys/net/${name}`;
  if (readFileSync(path, "latin1").trim() !== value) writeFileSync(path, value);
}
