import { linkTypes } from "./read-capture.ts";

/** A pcap file of packets that begin with their IP header, or of Ethernet frames. */
export function writeCapture(
  packets: readonly { timeMs: number; bytes: Uint8Array }[],
  raw: boolean,
): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(raw ? linkTypes.ethernet : linkTypes.raw, 20);
  const records = packets.map(({ timeMs, bytes }) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(Math.floor(timeMs / 1000), 0);
    record.writeUInt32LE(Math.floor((timeMs % 1000) * 1000), 4);
    record.writeUInt32LE(bytes.length, 8);
    record.writeUInt32LE(bytes.length, 12);
    return Buffer.concat([record, bytes]);
  });
  return Buffer.concat([header, ...records]);
}
