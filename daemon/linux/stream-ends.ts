import { streamRecord as record } from "./stream-record.ts";

const AF_INET = 2;
const AF_INET6 = 10;
/** "::ffff:0:0/96": an IPv4 connection of a socket that can do both. */
const mappedPrefix = Buffer.from("00000000000000000000ffff", "hex");

export interface StreamEnd {
  /** 4 or 16 bytes, network order. */
  address: Uint8Array;
  port: number;
}

/** As the host sees a connection; an IPv4 one of an IPv6 socket has IPv4 addresses. */
export interface StreamEnds {
  local: StreamEnd;
  remote: StreamEnd;
}

/** A remote port as struct bpf_sock_ops has it: in network order, in the upper half of its word. */
export function operationPort(port: number): number {
  return swapped(port) << 16;
}

/** Of a record (`streamRecord`). */
export function readStreamEnds(bytes: Uint8Array): StreamEnds {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const isIpv6 = view.getUint32(record.family, true) === AF_INET6;
  const address = (at: number): Uint8Array => {
    const whole = bytes.slice(at, at + 16);
    if (!isIpv6) return whole.subarray(0, 4);
    return mappedPrefix.equals(whole.subarray(0, 12)) ? whole.subarray(12) : whole;
  };
  return {
    local: { address: address(record.localAddress), port: view.getUint32(record.localPort, true) },
    remote: {
      address: address(record.remoteAddress),
      port: swapped(view.getUint32(record.remotePort, true) >>> 16),
    },
  };
}

export function writeStreamEnds(bytes: Uint8Array, { local, remote }: StreamEnds): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(record.family, local.address.length === 16 ? AF_INET6 : AF_INET, true);
  bytes.set(local.address, record.localAddress);
  bytes.set(remote.address, record.remoteAddress);
  view.setUint32(record.localPort, local.port, true);
  view.setUint32(record.remotePort, operationPort(remote.port), true);
}

const swapped = (port: number): number => ((port & 0xff) << 8) | (port >> 8);
