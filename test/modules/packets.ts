/** Packets written field by field, independently of the code under test. Addresses are text; ports are numbers. */

export interface Addresses {
  source: string;
  destination: string;
}

export interface NetworkOptions {
  ttl?: number;
  options?: Uint8Array;
  fragment?: number;
}

export function ipv4(
  { source, destination }: Addresses,
  protocol: number,
  payload: Uint8Array,
  { ttl = 17, options = new Uint8Array(0), fragment = 0x4000 }: NetworkOptions = {},
): Buffer {
  const header = Buffer.alloc(20 + options.length);
  header.writeUInt8(0x40 + header.length / 4, 0);
  header.writeUInt16BE(header.length + payload.length, 2);
  header.writeUInt16BE(0x1234, 4);
  header.writeUInt16BE(fragment, 6);
  header.writeUInt8(ttl, 8);
  header.writeUInt8(protocol, 9);
  header.set(addressBytes(source), 12);
  header.set(addressBytes(destination), 16);
  header.set(options, 20);
  header.writeUInt16BE(onesComplement(header), 10);
  return Buffer.concat([header, payload]);
}

export function ipv6({ source, destination }: Addresses, next: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt32BE(0x60012345, 0);
  header.writeUInt16BE(payload.length, 4);
  header.writeUInt8(next, 6);
  header.writeUInt8(17, 7);
  header.set(addressBytes(source), 8);
  header.set(addressBytes(destination), 24);
  return Buffer.concat([header, payload]);
}

export function udp(addresses: Addresses, ports: [number, number], data: Uint8Array | string): Buffer {
  const segment = Buffer.concat([Buffer.alloc(8), Buffer.from(data as Uint8Array)]);
  segment.writeUInt16BE(ports[0], 0);
  segment.writeUInt16BE(ports[1], 2);
  segment.writeUInt16BE(segment.length, 4);
  segment.writeUInt16BE(onesComplement(pseudoHeader(addresses, 17, segment.length), segment), 6);
  return ip(addresses, 17, segment);
}

export interface TcpFields {
  ports: [number, number];
  flags: number;
  sequence?: number;
  acknowledgment?: number;
  options?: Uint8Array;
  data?: Uint8Array | string;
}

export const tcpFlags = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

export function tcp(addresses: Addresses, fields: TcpFields): Buffer {
  const options = fields.options ?? new Uint8Array(0);
  const header = Buffer.alloc(20 + Math.ceil(options.length / 4) * 4);
  header.writeUInt16BE(fields.ports[0], 0);
  header.writeUInt16BE(fields.ports[1], 2);
  header.writeUInt32BE((fields.sequence ?? 0) >>> 0, 4);
  header.writeUInt32BE((fields.acknowledgment ?? 0) >>> 0, 8);
  header.writeUInt8((header.length / 4) << 4, 12);
  header.writeUInt8(fields.flags, 13);
  header.writeUInt16BE(500, 14);
  header.set(options, 20);
  const segment = Buffer.concat([header, Buffer.from((fields.data ?? "") as Uint8Array)]);
  segment.writeUInt16BE(onesComplement(pseudoHeader(addresses, 6, segment.length), segment), 16);
  return ip(addresses, 6, segment);
}

/** Type, code, and what follows the checksum. */
export function icmp(addresses: Addresses, [type, code]: [number, number], rest: Uint8Array): Buffer {
  const message = Buffer.concat([Buffer.from([type, code, 0, 0]), rest]);
  if (addresses.source.includes(":")) {
    message.writeUInt16BE(onesComplement(pseudoHeader(addresses, 58, message.length), message), 2);
    return ipv6(addresses, 58, message);
  }
  message.writeUInt16BE(onesComplement(message), 2);
  return ipv4(addresses, 1, message);
}

/** An Ethernet frame around an IP packet, padded as a network card would. */
export function frame(packet: Uint8Array, vlan?: number): Buffer {
  const tag = vlan === undefined ? [] : [0x81, 0x00, vlan >> 8, vlan & 255];
  const type = (packet[0] as number) >> 4 === 6 ? [0x86, 0xdd] : [0x08, 0x00];
  const whole = Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 5, 2, 0, 0, 0, 0, 9, ...tag, ...type]), packet]);
  return Buffer.concat([whole, Buffer.alloc(Math.max(0, 60 - whole.length))]);
}

export function ip(addresses: Addresses, protocol: number, payload: Uint8Array): Buffer {
  return addresses.source.includes(":")
    ? ipv6(addresses, protocol, payload)
    : ipv4(addresses, protocol, payload);
}

/** The Internet checksum over stretches of which only the last may be odd, one 16-bit word at a time. */
export function onesComplement(...stretches: Uint8Array[]): number {
  let sum = 0;
  for (const bytes of stretches) {
    for (let at = 0; at < bytes.length; at += 2)
      sum += ((bytes[at] as number) << 8) + (at + 1 < bytes.length ? (bytes[at + 1] as number) : 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

function pseudoHeader({ source, destination }: Addresses, protocol: number, length: number): Buffer {
  const tail = Buffer.alloc(8);
  tail.writeUInt32BE(length, 0);
  tail.writeUInt32BE(protocol, 4);
  return Buffer.concat([addressBytes(source), addressBytes(destination), tail]);
}

/** An address's bytes; of IPv6's shorter forms only one "::" is understood. */
export function addressBytes(address: string): Buffer {
  if (!address.includes(":")) return Buffer.from(address.split(".").map(Number));
  const [front = "", back] = address.split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const [left, right] = [groups(front), groups(back ?? "")];
  const zeros = back === undefined ? [] : Array<string>(8 - left.length - right.length).fill("0");
  return Buffer.from([...left, ...zeros, ...right].map((group) => group.padStart(4, "0")).join(""), "hex");
}
