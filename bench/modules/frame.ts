/** A frame with a UDP datagram in IPv4 from 10.0.0.9:40000 to 10.0.0.5:5100 without a UDP checksum, which is allowed (RFC 768). */
export function frameOf(payloadBytes: number): Uint8Array {
  const packet = Buffer.alloc(28 + payloadBytes, 0x55);
  packet.set(Buffer.from("45000000000040004011", "hex"));
  packet.writeUInt16BE(packet.length, 2);
  packet.writeUInt16BE(0, 10);
  packet.set([10, 0, 0, 9, 10, 0, 0, 5], 12);
  packet.writeUInt16BE(40_000, 20);
  packet.writeUInt16BE(5100, 22);
  packet.writeUInt16BE(8 + payloadBytes, 24);
  packet.writeUInt16BE(0, 26);
  return Buffer.concat([Buffer.from("0200000000050200000000090800", "hex"), packet]);
}
