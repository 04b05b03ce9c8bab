import { addressText, type SeenFlow } from "../../schemas/mod.ts";
import { networkPart } from "../module/describe-packet.ts";
import { type CapturedPacket, linkTypes } from "../module/read-capture.ts";

/** Messages of one direction of a flow, in the order of the capture. */
export interface CapturedFlow {
  flow: SeenFlow;
  messages: Uint8Array[];
}

const flowsMax = 4_096;

/**
 * The payloads of a capture by flow: of UDP each datagram's, of TCP the segments' in the order of the stream, each byte once.
 * What is no UDP or TCP, has no payload, or is a fragment is passed over.
 */
export function flowsOfCapture(packets: Iterable<CapturedPacket>): CapturedFlow[] {
  const flows = new Map<string, CapturedFlow & { next?: number }>();
  for (const { linkType, bytes } of packets) {
    const seen = segmentOf(ipOf(linkType, bytes));
    if (!seen || (seen.payload.length === 0 && !seen.isStart)) continue;
    const key = JSON.stringify(seen.flow);
    const known = flows.get(key) ?? { flow: seen.flow, messages: [] };
    if (!flows.has(key) && flows.size >= flowsMax) continue;
    flows.set(key, known);
    if (seen.sequence === undefined) known.messages.push(seen.payload);
    else append(known, seen.payload, (seen.sequence + (seen.isStart ? 1 : 0)) >>> 0);
  }
  return [...flows.values()]
    .filter(({ messages }) => messages.length > 0)
    .map(({ flow, messages }) => ({ flow, messages }));
}

/** A segment that was sent again adds what is new of it; one behind a gap waits in vain. */
function append(flow: CapturedFlow & { next?: number }, payload: Uint8Array, sequence: number): void {
  flow.next ??= sequence;
  const known = (flow.next - sequence) >>> 0;
  if (known > payload.length) return;
  const fresh = payload.subarray(known);
  if (fresh.length > 0) flow.messages.push(fresh);
  flow.next = (flow.next + fresh.length) >>> 0;
}

function ipOf(linkType: number, bytes: Uint8Array): Uint8Array {
  switch (linkType) {
    case linkTypes.ethernet:
      return networkPart(bytes);
    case linkTypes.linuxCooked:
      return bytes.subarray(16);
    case linkTypes.linuxCooked2:
      return bytes.subarray(20);
    default:
      return bytes;
  }
}

interface Segment {
  flow: SeenFlow;
  payload: Uint8Array;
  /** Of TCP; of the payload's first byte, or of the SYN before it. */
  sequence?: number;
  isStart: boolean;
}

/** The transport's part of an IP packet; undefined when it is none that has messages. */
function segmentOf(packet: Uint8Array): Segment | undefined {
  const ip = packet.length >= 20 ? headerOf(packet) : undefined;
  if (!ip) return undefined;
  const { number, rest, source, destination } = ip;
  if (rest.length < (number === 6 ? 20 : 8)) return undefined;
  const view = new DataView(rest.buffer, rest.byteOffset, rest.length);
  const flow: SeenFlow = {
    protocol: number === 6 ? "TCP" : "UDP",
    source: { address: source, port: view.getUint16(0) },
    destination: { address: destination, port: view.getUint16(2) },
  };
  if (number === 17)
    return { flow, payload: rest.subarray(8, Math.max(8, view.getUint16(4))), isStart: false };
  const payload = rest.subarray((view.getUint8(12) >> 4) * 4);
  return { flow, payload, sequence: view.getUint32(4), isStart: (view.getUint8(13) & 2) !== 0 };
}

function headerOf(packet: Uint8Array) {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  const version = view.getUint8(0) >> 4;
  if (version === 4) {
    const header = (view.getUint8(0) & 15) * 4;
    const isFragment = (view.getUint16(6) & 0x3fff) !== 0;
    const number = view.getUint8(9);
    if (isFragment || (number !== 6 && number !== 17)) return undefined;
    const rest = packet.subarray(header, view.getUint16(2) || packet.length);
    return {
      number,
      rest,
      source: addressText(packet.subarray(12, 16)),
      destination: addressText(packet.subarray(16, 20)),
    };
  }
  if (version !== 6 || packet.length < 40) return undefined;
  const number = view.getUint8(6);
  // Behind extension headers nobody looks.
  if (number !== 6 && number !== 17) return undefined;
  const rest = packet.subarray(40, 40 + view.getUint16(4));
  return {
    number,
    rest,
    source: addressText(packet.subarray(8, 24)),
    destination: addressText(packet.subarray(24, 40)),
  };
}
