import { onesComplementSum } from "../linux/mod.ts";
import { broadcastMac } from "./arp.ts";
import { ethernetBytes, etherType, protocol } from "./headers.ts";

/** Wake-on-LAN's own EtherType. */
const magicEtherType = 0x0842;
const discardPort = 9;

/** Six bytes of 255, the address sixteen times, then the SecureOn password, when there is one. */
export function magicPayload(mac: Uint8Array, password: Uint8Array = new Uint8Array(0)): Uint8Array {
  const payload = new Uint8Array(102 + password.length).fill(0xff, 0, 6);
  for (let repeat = 0; repeat < 16; repeat += 1) payload.set(mac, 6 + repeat * 6);
  payload.set(password, 102);
  return payload;
}

/** A magic packet straight in an Ethernet frame, to all: a switch may have forgotten where a sleeping host is. */
export function magicFrame(source: Uint8Array, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(ethernetBytes + payload.length);
  frame.set(broadcastMac, 0);
  frame.set(source, 6);
  new DataView(frame.buffer).setUint16(12, magicEtherType);
  frame.set(payload, ethernetBytes);
  return frame;
}

/** A magic packet in UDP to 255.255.255.255 port 9. @param address IPv4 of the proxy on that link, as a word; or 0 */
export function magicUdpFrame(source: Uint8Array, address: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(ethernetBytes + 28 + payload.length);
  const view = new DataView(frame.buffer);
  frame.set(broadcastMac, 0);
  frame.set(source, 6);
  view.setUint16(12, etherType.ipv4);
  view.setUint16(14, 0x4500);
  view.setUint16(16, 28 + payload.length);
  frame[22] = 64;
  frame[23] = protocol.udp;
  view.setInt32(26, address);
  view.setInt32(30, -1);
  view.setUint16(24, ~onesComplementSum(frame, 14, 34) & 0xffff);
  view.setUint16(34, discardPort);
  view.setUint16(36, discardPort);
  view.setUint16(38, 8 + payload.length);
  frame.set(payload, 42);
  const pseudo = onesComplementSum(frame, 26, 34, protocol.udp + 8 + payload.length);
  view.setUint16(40, ~onesComplementSum(frame, 34, frame.length, pseudo) & 0xffff || 0xffff);
  return frame;
}

/**
 * The SecureOn password that a secret holds: six hex pairs, or four decimal numbers, as people write it, or the four or
 * six bytes themselves. Undefined for anything else.
 */
export function parseSecureOn(secret: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(secret).toString("latin1").trim();
  if (/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text)) {
    return Uint8Array.from(text.split(/[:-]/), (pair) => Number.parseInt(pair, 16));
  }
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const numbers = text.split(".").map(Number);
    return numbers.every((number) => number < 256) ? Uint8Array.from(numbers) : undefined;
  }
  return secret.length === 4 || secret.length === 6 ? secret : undefined;
}
