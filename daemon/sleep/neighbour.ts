import { onesComplementSum } from "../linux/mod.ts";
import { ethernetBytes, etherType, type Headers, protocol } from "./headers.ts";

/** IPv6 neighbour discovery (RFC 4861): solicitations in, advertisements out. Addresses are 16 bytes. */
export interface Solicitation {
  target: Uint8Array;
  /** All zero: the sender looks whether the address is free (RFC 4862 §5.4). */
  source: Uint8Array;
  /** What the sender says its link address is; otherwise its frame's. */
  sourceMac: Uint8Array | undefined;
}

export interface Advertisement {
  target: Uint8Array;
  /** Where the target is. */
  mac: Uint8Array;
  /** Whom to tell: undefined for all nodes. */
  to: { mac: Uint8Array; address: Uint8Array } | undefined;
}

const solicitationType = 135;
const advertisementType = 136;
const sourceLinkAddressOption = 1;
const targetLinkAddressOption = 2;
const solicitationBytes = 24;
const advertisementBytes = 32;
const flags = { solicited: 0x4000_0000, override: 0x2000_0000 };
const optionsMax = 16;
/** ff02::1 and its Ethernet address. */
const allNodes = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
const allNodesMac = Uint8Array.of(0x33, 0x33, 0, 0, 0, 1);

/** Whether the frame looks like a solicitation: cheap, for every frame. */
export function isSolicitation(bytes: Uint8Array, headers: Headers): boolean {
  return headers.protocol === protocol.icmp6 && bytes[headers.transportAt] === solicitationType;
}

/** The solicitation in the frame, or undefined when it is not valid (RFC 4861 §7.1.1). */
export function readSolicitation(bytes: Uint8Array, headers: Headers): Solicitation | undefined {
  const at = headers.transportAt;
  if (headers.hopLimit !== 255 || bytes[at + 1] !== 0 || headers.end - at < solicitationBytes)
    return undefined;
  if (checksumOf(bytes, headers.networkAt, at, headers.end) !== 0xffff) return undefined;
  const target = bytes.slice(at + 8, at + 24);
  const source = bytes.slice(headers.networkAt + 8, headers.networkAt + 24);
  if (target[0] === 0xff) return undefined;
  const option = readSourceMac(bytes, at + solicitationBytes, headers.end);
  if (option === "invalid") return undefined;
  if (option !== undefined && isUnspecified(source)) return undefined;
  return { target, source, sourceMac: option };
}

/** A whole frame; always overriding, so that neighbours change what they know. */
export function advertisementFrame(source: Uint8Array, sent: Advertisement): Uint8Array {
  const frame = new Uint8Array(ethernetBytes + 40 + advertisementBytes);
  const view = new DataView(frame.buffer);
  frame.set(sent.to?.mac ?? allNodesMac, 0);
  frame.set(source, 6);
  view.setUint16(12, etherType.ipv6);
  view.setUint32(14, 0x6000_0000);
  view.setUint16(18, advertisementBytes);
  frame[20] = protocol.icmp6;
  frame[21] = 255;
  frame.set(sent.target, 22);
  frame.set(sent.to?.address ?? allNodes, 38);
  frame[54] = advertisementType;
  view.setUint32(58, flags.override | (sent.to ? flags.solicited : 0));
  frame.set(sent.target, 62);
  frame[78] = targetLinkAddressOption;
  frame[79] = 1;
  frame.set(sent.mac, 80);
  view.setUint16(56, ~checksumOf(frame, 14, 54, frame.length) & 0xffff);
  return frame;
}

/** Tells who asked; who only looked whether the address is free is told with everyone (RFC 4861 §7.2.4). */
export function advertisementAnswer(
  mac: Uint8Array,
  asked: Solicitation,
  frameSource: Uint8Array,
): Uint8Array {
  const to = isUnspecified(asked.source)
    ? undefined
    : { mac: asked.sourceMac ?? frameSource, address: asked.source };
  return advertisementFrame(mac, { target: asked.target, mac, to });
}

function readSourceMac(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined | "invalid" {
  let found: Uint8Array | undefined;
  let at = start;
  for (let count = 0; at < end; count += 1) {
    const length = (bytes[at + 1] ?? 0) * 8;
    if (count === optionsMax || length === 0 || at + length > end) return "invalid";
    if (bytes[at] === sourceLinkAddressOption && length === 8) found = bytes.slice(at + 2, at + 8);
    at += length;
  }
  return found;
}

/** Sum over ICMPv6 message and pseudo-header (RFC 8200 §8.1); 0xffff where the checksum is right. */
function checksumOf(bytes: Uint8Array, networkAt: number, at: number, end: number): number {
  const pseudo = onesComplementSum(bytes, networkAt + 8, networkAt + 40, protocol.icmp6 + (end - at));
  return onesComplementSum(bytes, at, end, pseudo);
}

function isUnspecified(address: Uint8Array): boolean {
  return address.every((byte) => byte === 0);
}
