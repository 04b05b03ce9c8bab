import { isIP } from "node:net";
import { addressText } from "../../schemas/mod.ts";

const protocols = new Map([
  [1, "ICMP"],
  [2, "IGMP"],
  [6, "TCP"],
  [17, "UDP"],
  [58, "ICMPv6"],
]);
const flagNames = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"];

/** One line for people about a packet that begins with its IP header: "UDP 10.0.0.9:40000 > 10.0.0.5:5100, 33 bytes". */
export function describePacket(packet: Uint8Array): string {
  const size = `${packet.length} bytes`;
  const version = (packet[0] ?? 0) >> 4;
  const header = version === 6 ? 40 : ((packet[0] ?? 0) & 15) * 4;
  if ((version !== 4 && version !== 6) || header < 20 || packet.length < header) return size;
  const number = packet[version === 6 ? 6 : 9] as number;
  const rest = packet.subarray(header);
  const addresses = addressesOf(packet, version);
  const ports =
    (number === 6 || number === 17) && rest.length >= 4 ? [u16(rest, 0), u16(rest, 2)] : undefined;
  const [from, to] = addresses.map((address, index) => withPort(address, ports?.[index]));
  const details = [detail(number, rest), size].filter((one) => one !== "").join(", ");
  return `${protocols.get(number) ?? `protocol ${number}`} ${from} > ${to}, ${details}`;
}

/** The packet behind an Ethernet header, with or without a VLAN tag; the same when it is no IP. */
export function networkPart(frame: Uint8Array): Uint8Array {
  const at = frame.length >= 18 && u16(frame, 12) === 0x8100 ? 18 : 14;
  return frame.subarray(at);
}

function detail(protocol: number, rest: Uint8Array): string {
  if ((protocol === 1 || protocol === 58) && rest.length >= 2) return `type ${rest[0]} code ${rest[1]}`;
  if (protocol !== 6 || rest.length < 14) return "";
  return flagNames.filter((_, bit) => (rest[13] as number) & (1 << bit)).join(" ");
}

function addressesOf(packet: Uint8Array, version: number): string[] {
  const [start, length] = version === 6 ? [8, 16] : [12, 4];
  return [0, 1].map((index) =>
    addressText(packet.subarray(start + index * length, start + (index + 1) * length)),
  );
}

function withPort(address: string, port: number | undefined): string {
  if (port === undefined) return address;
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
