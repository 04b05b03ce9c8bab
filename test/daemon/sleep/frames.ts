/** Makes frames for tests, independently of the code under test. */
import { onesComplementSum } from "../../../daemon/linux/mod.ts";

export const mac = (text: string): Uint8Array =>
  Uint8Array.from(text.split(":"), (pair) => parseInt(pair, 16));
export const clientMac = mac("02:00:00:00:00:01");
export const proxyMac = mac("02:00:00:00:00:02");

export function ethernet(type: number, payload: Uint8Array, tags: number[] = []): Uint8Array {
  const header = [...proxyMac, ...clientMac, ...tags.flatMap((tag) => [0x81, 0, tag >> 8, tag & 255])];
  return Uint8Array.from([...header, type >> 8, type & 255, ...payload]);
}

export interface Ipv4Options {
  protocol?: number;
  source?: number[];
  destination?: number[];
  options?: number[];
  fragment?: number;
}

export function ipv4(payload: Uint8Array, options: Ipv4Options = {}): Uint8Array {
  const extra = options.options ?? [];
  const headerBytes = 20 + extra.length;
  const total = headerBytes + payload.length;
  const fragment = options.fragment ?? 0;
  const header = Uint8Array.from([
    ...[0x40 + headerBytes / 4, 0, total >> 8, total & 255, 0, 1, fragment >> 8, fragment & 255],
    ...[64, options.protocol ?? 17, 0, 0],
    ...(options.source ?? [10, 0, 0, 1]),
    ...(options.destination ?? [10, 0, 0, 5]),
    ...extra,
  ]);
  const sum = ~onesComplementSum(header, 0, headerBytes) & 0xffff;
  header.set([sum >> 8, sum & 255], 10);
  return Uint8Array.from([...header, ...payload]);
}

export function ipv6(
  next: number,
  payload: Uint8Array,
  destination: number[],
  source?: number[],
): Uint8Array {
  return Uint8Array.from([
    ...[0x60, 0, 0, 0, payload.length >> 8, payload.length & 255, next, 64],
    ...(source ?? [0xfd, ...new Array<number>(14).fill(0), 1]),
    ...destination,
    ...payload,
  ]);
}

export function udp(port: number, payload: Uint8Array = new Uint8Array(4), length?: number): Uint8Array {
  const bytes = length ?? 8 + payload.length;
  return Uint8Array.from([0x30, 0x39, port >> 8, port & 255, bytes >> 8, bytes & 255, 0, 0, ...payload]);
}

export function tcp(port: number, dataOffset = 5): Uint8Array {
  const bytes = new Uint8Array(20);
  bytes.set([0x30, 0x39, port >> 8, port & 255]);
  bytes[12] = dataOffset << 4;
  bytes[13] = 2;
  return bytes;
}
