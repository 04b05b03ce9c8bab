/** All standard rules at once for the sleeping host of `lan.ts`, and a question for each. */
import type { Engine } from "../../../daemon/engine.ts";
import type { Unit } from "../../../schemas/mod.ts";
import { icmp, ip, ipv4, onesComplement, tcp, tcpFlags, udp } from "../../modules/packets.ts";
import { mac } from "./frames.ts";
import { clientMac, hostMac, installRule, proxyMac, type RuleOptions } from "./lan.ts";

const own = ["10.9.0.5/32", "fd09::5/128"];
const many = ["255.255.255.255/32", "224.0.0.1/32", "224.0.0.251/32", "239.1.2.3/32", "ff02::fb/128"];
const connection = { local: "10.9.0.5", localPort: 22, remote: "10.9.0.1", remotePort: 4000 };
const records = [
  { name: "nas.local", type: "A", data: "10.9.0.5" },
  { name: "_http._tcp.local", type: "PTR", data: "files._http._tcp.local" },
  { name: "files._http._tcp.local", type: "SRV", port: 80, target: "nas.local" },
];
const lease = { address: "10.9.0.5", server: "10.9.0.1", mac: hostMac, lease: 3600, elapsed: 1800 };

const rules: readonly RuleOptions[] = [
  { name: "icmp-echo", program: "icmp-echo", layer: "ICMP" },
  { name: "igmpv3-member", program: "igmpv3-member", layer: "IGMP" },
  { name: "udp-echo", program: "udp-echo", layer: "UDP", port: 7 },
  { name: "udp-check", program: "udp-check", layer: "UDP", port: 5101 },
  { name: "udp-checksum", program: "udp-checksum", layer: "UDP", port: 5102 },
  { name: "udp-substring", program: "udp-substring", layer: "UDP", port: 5103 },
  { name: "udp-sha256", program: "udp-sha256", layer: "UDP", port: 5104 },
  { name: "udp-aes256", program: "udp-aes256", layer: "UDP", port: 5105 },
  { name: "udp-buffer", program: "udp-buffer", layer: "UDP", port: 5106 },
  { name: "dhcp-renew", program: "dhcp-renew", layer: "UDP", port: 68, intervalMs: 100 },
  { name: "mdns-responder", program: "mdns-responder", layer: "UDP", port: 5353 },
  { name: "tcp-keeper", program: "tcp-keeper", layer: "TCP", port: 22 },
  { name: "wake-on-tcp-syn", program: "wake-on-tcp-syn", layer: "TCP", port: 80 },
];
const configs: Record<string, Record<string, unknown>> = {
  "igmpv3-member": {
    address: "10.9.0.5",
    groups: [{ group: "239.1.2.3" }, { group: "232.1.1.1", include: ["10.9.0.1"] }],
  },
  "dhcp-renew": lease,
  "mdns-responder": { addresses: ["10.9.0.5", "fd09::5"], records },
  "tcp-keeper": { connections: [{ ...connection, sequence: 1000, acknowledgment: 2000, timestamp: 50 }] },
  "udp-substring": { find: "pin" },
};

/** The units of all of them, active. */
export async function installEveryRule(engine: Engine): Promise<Unit[]> {
  const units: Unit[] = [];
  for (const rule of rules) {
    const config = configs[rule.name] ?? {};
    units.push(await installRule(engine, { ...rule, addresses: [...own, ...many], config }));
  }
  return units;
}

const fromClient = { source: "10.9.0.1", destination: "10.9.0.5" };
const fromClient6 = { source: "fd09::1", destination: "fd09::5" };
const text = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");

/** Names of DNS on the wire. */
const name = (dotted: string) =>
  Buffer.concat([
    ...dotted.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    text("00"),
  ]);
const mdnsQuestions = Buffer.concat([
  text("0000 0000 0002 0001 0000 0000"),
  ...[name("nas.local"), text("00ff 0001"), name("_http._tcp.local"), text("000c 0001")],
  ...[name("_http._tcp.local"), text("000c 0001 00000001 000f"), name("other.example")],
]);
const mdnsAnswer = Buffer.concat([
  ...[text("0000 8400 0000 0001 0000 0000"), name("nas.local"), text("0001 8001 00000078 0004 0a090005")],
]);
/** A DHCP acknowledgment of 240 bytes and options. */
const dhcpAck = Buffer.concat([
  text("02010600 00000000 00000000 0a090005 0a090005 00000000 00000000 020000000005"),
  ...[Buffer.alloc(202), text("63825363 350105 330400000e10 360404 0a090001 3a0400000708 ff")],
]);

/** An IGMP message with its checksum right. */
function igmp(destination: string, hex: string): Buffer {
  const message = text(hex);
  if (message.length >= 4) message.writeUInt16BE(onesComplement(message), 2);
  const options = { ttl: 1, options: text("94040000") };
  return ipv4({ source: "10.9.0.1", destination }, 2, message, options);
}

export interface Question {
  what: string;
  /** The packet with the payload as it should be, or another in its place, checksums and lengths right. */
  packet(payload?: Uint8Array): Buffer;
  payload: Uint8Array;
}

const datagram = (port: number, payload: Uint8Array, addresses = fromClient, from = 5353): Question => ({
  what: `UDP ${port} to ${addresses.destination}`,
  payload,
  packet: (other = payload) => udp(addresses, [port === 5353 || port === 68 ? from : 40_000, port], other),
});
const echo = (addresses: { source: string; destination: string }, type: number): Question => ({
  what: `echo request ${type}`,
  payload: Buffer.from("\0\x01\0\x02ping pong"),
  packet: (payload = Buffer.from("\0\x01\0\x02ping pong")) => icmp(addresses, [type, 0], payload),
});
const membership = (destination: string, hex: string): Question => ({
  what: `IGMP to ${destination}`,
  payload: text(hex),
  packet: (payload = text(hex)) => igmp(destination, Buffer.from(payload).toString("hex")),
});
const segment = (port: number, flags: number, options: Uint8Array): Question => ({
  what: `TCP ${port}`,
  payload: options,
  packet: (other = options) =>
    tcp(fromClient, {
      ports: [4000, port],
      flags,
      sequence: 1999,
      acknowledgment: 1000,
      options: other.subarray(0, 40),
    }),
});
/** What carries no transport the proxy knows: extension headers, options, fragments. */
const bare = (what: string, payload: Uint8Array, protocol: number, addresses = fromClient6): Question => ({
  what,
  payload,
  packet: (other = payload) => ip(addresses, protocol, other),
});

const words = Buffer.from("a haystack with a needle");
export const questions: readonly Question[] = [
  echo(fromClient, 8),
  echo(fromClient6, 128),
  membership("224.0.0.1", "11140000 00000000 027d0000"),
  membership("239.1.2.3", "110a0000 ef010203 027d0001 0a090001"),
  membership("224.0.0.1", "11050000 00000000"),
  membership("224.0.0.1", "11000000 00000000"),
  ...[7, 5101, 5102, 5103, 5104, 5105, 5106].map((port) => datagram(port, words)),
  datagram(7, words, fromClient6),
  datagram(68, dhcpAck, fromClient, 67),
  datagram(5353, mdnsQuestions, { source: "10.9.0.1", destination: "224.0.0.251" }),
  datagram(5353, mdnsQuestions, { source: "fd09::1", destination: "ff02::fb" }),
  datagram(5353, mdnsQuestions, fromClient, 40_001),
  datagram(5353, mdnsAnswer, { source: "10.9.0.1", destination: "224.0.0.251" }),
  segment(22, tcpFlags.ack, text("0101080a 00000009 00000032")),
  segment(80, tcpFlags.syn, text("020405b4 0402 0303")),
  bare("extension headers", text("3c00000000000000 1100000000000000 9c400007000c0000 00000000"), 0),
  bare("a fragment", text("1100000100000001 9c400007000c0000 00000000"), 44),
  bare("a solicitation", text("87000000 00000000 fd090000000000000000000000000005 0101020000000001"), 58),
];

/** In a frame from the client: to the group's address, or to the proxy. */
export function fromClientFrame(packet: Buffer): Buffer {
  const isIpv6 = (packet[0] as number) >> 4 === 6;
  const to = packet.subarray(isIpv6 ? 24 : 16, isIpv6 ? 40 : 20);
  const group = isIpv6 ? to[0] === 0xff : (to[0] as number) >> 4 === 14;
  const ethernetGroup = isIpv6
    ? [0x33, 0x33, ...to.subarray(12)]
    : [1, 0, 0x5e, to[1]! & 0x7f, to[2]!, to[3]!];
  const destination = Uint8Array.from(group ? ethernetGroup : mac(proxyMac));
  const type = isIpv6 ? [0x86, 0xdd] : [8, 0];
  return Buffer.concat([destination, mac(clientMac), Uint8Array.from(type), packet]);
}
