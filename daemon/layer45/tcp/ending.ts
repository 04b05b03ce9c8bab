import { streamKey } from "./stream-key.ts";

/** A TCP segment that says it is its sender's last, as it lies in memory: IPv4 or IPv6 without extension headers. */
export interface Ending {
  /** Of the connection as the host sees it: the segment's destination, then its source. */
  key: string;
  /** Number of the end itself: what is numbered below came before it. */
  sequence: number;
  payloadBytes: number;
}

const FIN = 1;
const TCP = 6;

/** Undefined when it is something else. */
export function readEnding(bytes: Uint8Array, start: number, length: number): Ending | undefined {
  const place = placeOf(bytes, start, length);
  if (!place) return undefined;
  const { tcp, source, destination, addressBytes } = place;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const payloadBytes = start + length - tcp - headerBytes(view, tcp);
  if (payloadBytes < 0 || (view.getUint8(tcp + 13) & FIN) === 0) return undefined;
  const end = (at: number, port: number) => ({
    address: bytes.subarray(at, at + addressBytes),
    port: view.getUint16(port),
  });
  return {
    key: streamKey({ local: end(destination, tcp + 2), remote: end(source, tcp) }),
    sequence: (view.getUint32(tcp + 4) + payloadBytes) >>> 0,
    payloadBytes,
  };
}

/** Makes it the same segment without its end; answers its length. */
export function withoutEnd(packet: Uint8Array): number {
  const { tcp } = placeOf(packet, 0, packet.length) as Place;
  const view = new DataView(packet.buffer, packet.byteOffset);
  const before = view.getUint16(tcp + 12);
  view.setUint16(tcp + 12, before & ~FIN);
  amend(view, tcp + 16, before, before & ~FIN);
  return packet.length;
}

/** Makes it the same segment with nothing but its end; answers its length. */
export function withoutPayload(packet: Uint8Array): number {
  const { tcp, isIpv4 } = placeOf(packet, 0, packet.length) as Place;
  const view = new DataView(packet.buffer, packet.byteOffset);
  const head = tcp + headerBytes(view, tcp);
  const payload = packet.length - head;
  const change = (at: number, value: number, sums: readonly number[]): void => {
    const before = view.getUint16(at);
    view.setUint16(at, value);
    for (const sum of sums) amend(view, sum, before, value);
  };
  const sum = tcp + 16;
  for (let at = head; at < packet.length; at += 2) {
    const word = ((packet[at] as number) << 8) | (packet[at + 1] ?? 0);
    amend(view, sum, word, 0);
  }
  const sequence = (view.getUint32(tcp + 4) + payload) >>> 0;
  change(tcp + 4, sequence >>> 16, [sum]);
  change(tcp + 6, sequence & 0xffff, [sum]);
  // The length counts in the pseudo header too.
  const segment = packet.length - tcp;
  amend(view, sum, segment, segment - payload);
  if (isIpv4) change(2, head, [10]);
  else change(4, head - 40, []);
  return head;
}

interface Place {
  isIpv4: boolean;
  tcp: number;
  source: number;
  destination: number;
  addressBytes: number;
}

function placeOf(bytes: Uint8Array, start: number, length: number): Place | undefined {
  const version = (bytes[start] ?? 0) >> 4;
  if (version === 4 && length >= 40) {
    const tcp = start + ((bytes[start] as number) & 15) * 4;
    if (bytes[start + 9] !== TCP || tcp + 20 > start + length) return undefined;
    return { isIpv4: true, tcp, source: start + 12, destination: start + 16, addressBytes: 4 };
  }
  if (version !== 6 || length < 60 || bytes[start + 6] !== TCP) return undefined;
  return { isIpv4: false, tcp: start + 40, source: start + 8, destination: start + 24, addressBytes: 16 };
}

const headerBytes = (view: DataView, tcp: number): number => (view.getUint8(tcp + 12) >> 4) * 4;

/** A checksum after one word has changed (RFC 1624). */
function amend(view: DataView, at: number, before: number, after: number): void {
  let sum = (~view.getUint16(at) & 0xffff) + (~before & 0xffff) + after;
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(at, ~sum & 0xffff);
}
