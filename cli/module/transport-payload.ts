/** A packet of TCP or UDP, and where its parts are. */
export interface TransportPacket {
  protocol: "TCP" | "UDP";
  /** Whether the packet, from IP on, can be sent anew with another payload: version 4, no options or extensions matter. */
  packet: Uint8Array;
  transportAt: number;
  source: { address: Uint8Array; port: number };
  destination: { address: Uint8Array; port: number };
  payload: Uint8Array;
  /** Of TCP; 0 of UDP. */
  flags: number;
  sequence: number;
}

export const tcpFlags = { fin: 1, syn: 2, reset: 4, ack: 16 } as const;
const TCP = 6;
const UDP = 17;
const fragmentMask = 0x3fff;

/** Reads a packet that begins with its IP header; undefined when it is no whole packet of TCP or UDP. */
export function transportPacket(packet: Uint8Array): TransportPacket | undefined {
  const version = (packet[0] ?? 0) >> 4;
  const headerBytes = version === 6 ? 40 : ((packet[0] ?? 0) & 15) * 4;
  if ((version !== 4 && version !== 6) || headerBytes < 20 || packet.length < headerBytes + 8)
    return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  if (version === 4 && (view.getUint16(6) & fragmentMask) !== 0) return undefined;
  const number = view.getUint8(version === 6 ? 6 : 9);
  const end = Math.min(packet.length, version === 6 ? 40 + view.getUint16(4) : view.getUint16(2));
  const [addresses, length] = version === 6 ? [8, 16] : [12, 4];
  const ends = [0, 1].map((index) => ({
    address: packet.slice(addresses + index * length, addresses + (index + 1) * length),
    port: view.getUint16(headerBytes + 2 * index),
  })) as [TransportPacket["source"], TransportPacket["destination"]];
  const shared = {
    packet: packet.subarray(0, end),
    transportAt: headerBytes,
    source: ends[0],
    destination: ends[1],
  };
  if (number === UDP)
    return {
      ...shared,
      protocol: "UDP",
      payload: packet.subarray(headerBytes + 8, end),
      flags: 0,
      sequence: 0,
    };
  if (number !== TCP || packet.length < headerBytes + 20) return undefined;
  const dataAt = headerBytes + (view.getUint8(headerBytes + 12) >> 4) * 4;
  return {
    ...{ ...shared, protocol: "TCP", payload: packet.subarray(Math.min(dataAt, end), end) },
    ...{ flags: view.getUint8(headerBytes + 13), sequence: view.getUint32(headerBytes + 4) },
  };
}

/** The same datagram with another payload, its lengths and checksums made to fit. */
export function withPayload({ packet, transportAt }: TransportPacket, payload: Uint8Array): Uint8Array {
  const made = Buffer.concat([packet.subarray(0, transportAt + 8), payload]);
  const isVersion6 = (made[0] as number) >> 4 === 6;
  made.writeUInt16BE(8 + payload.length, transportAt + 4);
  if (isVersion6) made.writeUInt16BE(made.length - 40, 4);
  else {
    made.writeUInt16BE(made.length, 2);
    made.writeUInt16BE(0, 10);
    made.writeUInt16BE(checksum(made.subarray(0, transportAt), 0), 10);
  }
  made.writeUInt16BE(0, transportAt + 6);
  const addresses = isVersion6 ? made.subarray(8, 40) : made.subarray(12, 20);
  const pseudo = sumOf(addresses, UDP + 8 + payload.length);
  made.writeUInt16BE(checksum(made.subarray(transportAt), pseudo) || 0xffff, transportAt + 6);
  return made;
}

/** The Internet checksum (RFC 1071). */
function checksum(bytes: Buffer, start: number): number {
  let sum = sumOf(bytes, start);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return ~sum & 0xffff;
}

function sumOf(bytes: Buffer, start: number): number {
  let sum = start;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  return bytes.length % 2 === 1 ? sum + (bytes[bytes.length - 1] as number) * 256 : sum;
}
