import { attempt } from "./attempt.ts";
import { checked, libc } from "./libc.ts";
import { type Address, readString, viewMemory } from "./memory.ts";

const getifaddrs = libc.func("int getifaddrs(void *)");
const freeifaddrs = libc.func("void freeifaddrs(uintptr_t)");

export interface InterfaceAddress {
  family: 4 | 6;
  /** 4 or 16 bytes, network order. */
  bytes: Uint8Array;
  prefixBits: number;
}

export interface Interface {
  name: string;
  index: number;
  /** Six colon-separated hex pairs, lower case; empty when the interface has none (a tunnel). */
  mac: string;
  /** Up and with a carrier. */
  up: boolean;
  loopback: boolean;
  addresses: InterfaceAddress[];
}

const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;
const IFF_RUNNING = 0x40;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_PACKET = 17;
/** struct ifaddrs (64 bit): next, name, flags, addr, netmask, … */
const entryBytes = 40;
const interfacesMax = 65_536;

/**
 * The interfaces of the calling thread's network namespace, those that are down or without addresses too
 * (getifaddrs(3): Node's own list leaves both out, and `/sys` shows the namespace it was mounted in).
 */
export function listInterfaces(): Interface[] {
  const head = new BigUint64Array(1);
  attempt("list the network interfaces", () => checked("getifaddrs", getifaddrs(head) as number));
  const list = head[0] as Address;
  try {
    return readList(list);
  } finally {
    freeifaddrs(list);
  }
}

function readList(list: Address): Interface[] {
  const found = new Map<string, Interface>();
  let at = list;
  for (let count = 0; at !== 0n && count < interfacesMax; count += 1) {
    const entry = new DataView(viewMemory(at, entryBytes));
    const address = entry.getBigUint64(24, true);
    if (address !== 0n) {
      const flags = entry.getUint32(16, true);
      const made = interfaceNamed(found, readString(entry.getBigUint64(8, true)), flags);
      readAddress(made, address, entry.getBigUint64(32, true));
    }
    at = entry.getBigUint64(0, true);
  }
  return [...found.values()].sort((a, b) => a.index - b.index);
}

function interfaceNamed(found: Map<string, Interface>, label: string, flags: number): Interface {
  // An address may carry a label of its own ("eth0:1"); it belongs to the interface before the colon.
  const name = label.split(":")[0] as string;
  const known = found.get(name);
  if (known) return known;
  const up = (flags & (IFF_UP | IFF_RUNNING)) === (IFF_UP | IFF_RUNNING);
  const made = { name, index: 0, mac: "", up, loopback: (flags & IFF_LOOPBACK) !== 0, addresses: [] };
  found.set(name, made);
  return made;
}

function readAddress(into: Interface, address: Address, netmask: Address): void {
  const family = new DataView(viewMemory(address, 2)).getUint16(0, true);
  if (family === AF_PACKET) {
    // struct sockaddr_ll: family, protocol, int ifindex, hatype, pkttype, halen, addr[8].
    const link = new DataView(viewMemory(address, 20));
    into.index = link.getInt32(4, true);
    if (link.getUint8(11) === 6) into.mac = formatMac(new Uint8Array(viewMemory(address, 20), 12, 6));
  } else if (family === AF_INET) {
    into.addresses.push({ family: 4, bytes: copy(address, 4, 4), prefixBits: countBits(netmask, 4, 4) });
  } else if (family === AF_INET6) {
    into.addresses.push({ family: 6, bytes: copy(address, 8, 16), prefixBits: countBits(netmask, 8, 16) });
  }
}

function copy(at: Address, offset: number, bytes: number): Uint8Array {
  return Uint8Array.from(new Uint8Array(viewMemory(at, offset + bytes), offset, bytes));
}

function countBits(netmask: Address, offset: number, bytes: number): number {
  if (netmask === 0n) return bytes * 8;
  let bits = 0;
  for (const byte of copy(netmask, offset, bytes)) bits += popCount(byte);
  return bits;
}

function popCount(byte: number): number {
  let bits = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) bits += 1;
  return bits;
}

function formatMac(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}
