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

const swapped = (port: number): number => ((port & 0xff) << 8) | (port >> 8);
