/** What the tunnel engine is given. No artifacts. */
export interface TunnelUnitSpec {
  /** "::" is every address of both families. */
  listen: { address: string; port: number };
  /** How a client says where it wants to go: tcp-pep §4.2, RFC 8803, or not at all. */
  handshake: "tlv" | "convert" | "transparent";
  /** Which connections a transparent tunnel diverts; present for it alone. Absent members match everything. */
  intercept?: { inInterface: string; sources?: string[]; destinations?: string[]; ports?: number[] };
  /** "PREFIX:PORTS"; nothing else may be reached. */
  endpointsAllowed: string[];
  client: TunnelSide;
  endpoint: TunnelSide;
  /** Pending fast opens at once; 0 turns TCP Fast Open off. */
  fastOpenQueue: number;
  qdisc?: { interface: string; kind: string; rateBitsPerSecond?: number };
  connectionsMax: number;
  connectTimeoutMs: number;
  idleTimeoutMs: number;
}

/** The sockets of one half of each connection; what is absent is the host's default. */
export interface TunnelSide {
  congestionControl?: string;
  sendBufferBytes?: number;
  receiveBufferBytes?: number;
  noDelay: boolean;
  keepAliveMs?: number;
}
