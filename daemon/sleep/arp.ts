import { ethernetBytes, etherType } from "./headers.ts";

/** ARP for IPv4 over Ethernet (RFC 826); addresses are network order, IPv4 as a signed 32-bit word. */
export interface Arp {
  operation: "request" | "reply";
  senderMac: Uint8Array;
  senderAddress: number;
  targetMac: Uint8Array;
  targetAddress: number;
}

const arpBytes = 28;
export const arpFrameBytes = ethernetBytes + arpBytes;
export const broadcastMac: Uint8Array = new Uint8Array(6).fill(0xff);
export const noMac: Uint8Array = new Uint8Array(6);

/** The ARP message at `at`, or undefined when it is none for IPv4 over Ethernet. */
export function readArp(bytes: Uint8Array, at: number, end: number): Arp | undefined {
  if (end - at < arpBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, arpBytes);
  // Hardware type Ethernet, protocol IPv4, lengths 6 and 4.
  if (view.getUint32(0) !== 0x0001_0800 || view.getUint16(4) !== 0x0604) return undefined;
  const operation = view.getUint16(6);
  if (operation !== 1 && operation !== 2) return undefined;
  return {
    operation: operation === 1 ? "request" : "reply",
    senderMac: bytes.slice(at + 8, at + 14),
    senderAddress: view.getInt32(14),
    targetMac: bytes.slice(at + 18, at + 24),
    targetAddress: view.getInt32(24),
  };
}

/** A whole frame. `source` is who really sends it; `arp.senderMac` may be another's (when addresses are given back). */
export function arpFrame(to: Uint8Array, source: Uint8Array, arp: Arp): Uint8Array {
  const frame = new Uint8Array(arpFrameBytes);
  const view = new DataView(frame.buffer);
  frame.set(to, 0);
  frame.set(source, 6);
  view.setUint16(12, etherType.arp);
  view.setUint32(14, 0x0001_0800);
  view.setUint16(18, 0x0604);
  view.setUint16(20, arp.operation === "request" ? 1 : 2);
  frame.set(arp.senderMac, 22);
  view.setInt32(28, arp.senderAddress);
  frame.set(arp.targetMac, 32);
  view.setInt32(38, arp.targetAddress);
  return frame;
}

/** Tells all neighbours that `address` is at `mac` (an ARP announcement, RFC 5227 §1.1 and §3). */
export function arpAnnouncement(source: Uint8Array, mac: Uint8Array, address: number): Uint8Array {
  return arpFrame(broadcastMac, source, {
    operation: "request",
    senderMac: mac,
    senderAddress: address,
    targetMac: noMac,
    targetAddress: address,
  });
}

/** Tells who asked (or probed, RFC 5227 §2.1.1) that the address is at `mac`. */
export function arpAnswer(mac: Uint8Array, request: Arp): Uint8Array {
  return arpFrame(request.senderMac, mac, {
    operation: "reply",
    senderMac: mac,
    senderAddress: request.targetAddress,
    targetMac: request.senderMac,
    targetAddress: request.senderAddress,
  });
}
