import { isIPv6 } from "node:net";

interface Ends {
  source: [string, number];
  destination: [string, number];
}

/** Payload with its UDP or TCP header; of TCP with a sequence number. Checksums are left zero: nobody here looks. */
export function packet(
  { source, destination }: Ends,
  payload: string,
  tcp?: { sequence: number; isSyn?: boolean },
): { timeMs: number; bytes: Uint8Array } {
  const data = Buffer.from(payload);
  const head = Buffer.alloc(tcp ? 20 : 8);
  head.writeUInt16BE(source[1], 0);
  head.writeUInt16BE(destination[1], 2);
  if (tcp) {
    head.writeUInt32BE(tcp.sequence >>> 0, 4);
    head[12] = 5 << 4;
    head[13] = tcp.isSyn ? 2 : 16;
  } else head.writeUInt16BE(8 + data.length, 4);
  const number = tcp ? 6 : 17;
  const segment = Buffer.concat([head, data]);
  const ip = isIPv6(source[0]) ? six(source[0], destination[0]) : four(source[0], destination[0]);
  if (ip.length === 20) {
    ip.writeUInt16BE(20 + segment.length, 2);
    ip[9] = number;
  } else {
    ip.writeUInt16BE(segment.length, 4);
    ip[6] = number;
  }
  return { timeMs: 0, bytes: Buffer.concat([ip, segment]) };
}

function four(source: string, destination: string): Buffer {
  const ip = Buffer.alloc(20);
  ip[0] = 0x45;
  Buffer.from(source.split(".").map(Number)).copy(ip, 12);
  Buffer.from(destination.split(".").map(Number)).copy(ip, 16);
  return ip;
}

/** Of addresses like "fd00::9" alone. */
function six(source: string, destination: string): Buffer {
  const ip = Buffer.alloc(40);
  ip[0] = 0x60;
  for (const [at, text] of [
    [8, source],
    [24, destination],
  ] as const) {
    const [high = "", low = ""] = text.split("::");
    ip.writeUInt16BE(Number.parseInt(high, 16), at);
    ip.writeUInt16BE(Number.parseInt(low, 16), at + 14);
  }
  return ip;
}
