import { type Interface, type InterfaceAddress, PacketRing } from "../linux/mod.ts";
import { holds, parseMac, type WordPrefix, wordsOf } from "./address.ts";

/** One of the proxy's interfaces with its packet ring; shared by the sleepers on it. */
export class Link {
  readonly name: string;
  readonly index: number;
  readonly mac: Uint8Array;
  /** The MAC in the two parts that `Headers` reads. */
  readonly macHigh: number;
  readonly macLow: number;
  /** The interface's first IPv4 address, as a word; 0 for none. */
  readonly address: number;
  readonly ring: PacketRing;
  /** How many sleepers it serves; without any it is closed at the end of a turn. */
  users = 0;

  constructor(found: Interface) {
    const mac = parseMac(found.mac);
    if (!mac) throw new Error(`interface ${found.name} has no Ethernet address`);
    this.name = found.name;
    this.index = found.index;
    this.mac = mac;
    [this.macHigh, this.macLow] = macParts(mac);
    const ipv4 = found.addresses.find(({ family }) => family === 4);
    this.address = ipv4 ? wordsOf(ipv4.bytes)[3] : 0;
    this.ring = PacketRing.open({ interfaceIndex: found.index, interfaceName: found.name });
  }
}

/** First two bytes and last four of a MAC, as signed words. */
export function macParts(mac: Uint8Array): [high: number, low: number] {
  const view = new DataView(mac.buffer, mac.byteOffset, mac.length);
  return [view.getUint16(0), view.getInt32(2)];
}

/** The interface whose subnet has one of the addresses, or whose address is in one of theirs. */
export function sharedInterface(
  addresses: readonly WordPrefix[],
  interfaces: readonly Interface[],
): Interface | undefined {
  return interfaces.find(
    (found) =>
      isUsable(found) &&
      found.addresses.some((local) => addresses.some((address) => isSameSubnet(toPrefix(local), address))),
  );
}

/**
 * Where a proxy on the path may meet a sleeping host's packets: every interface with an address of its own. Ports of a
 * bridge have none, so that a frame is not seen twice, on the port and on the bridge.
 */
export function pathInterfaces(interfaces: readonly Interface[]): Interface[] {
  return interfaces.filter(
    (found) => isUsable(found) && found.addresses.some((local) => !isLinkLocal(toPrefix(local))),
  );
}

function isUsable(found: Interface): boolean {
  return found.up && !found.loopback && found.mac !== "";
}

function isSameSubnet(local: WordPrefix, address: WordPrefix): boolean {
  if (isLinkLocal(local) || isLinkLocal(address)) return false;
  return holds(local, address) || holds(address, local);
}

/** fe80::/10: on every link, so it tells none from another. */
function isLinkLocal({ family, words }: WordPrefix): boolean {
  return family === 6 && (words[0] & 0xffc0_0000) === (0xfe80_0000 | 0);
}

function toPrefix({ family, bytes, prefixBits }: InterfaceAddress): WordPrefix {
  return { family, words: wordsOf(bytes), bits: prefixBits };
}
