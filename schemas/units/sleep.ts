/**
 * What the sleep engine is given. One `sleeper` unit per sleeping Host tells the proxy whom it stands in for; one
 * `rule` unit per Rule and sleeping Host tells how (id "Rule/namespace/name/host"). A rule whose sleeper is not
 * installed waits for it.
 */
export type SleepUnitSpec = SleeperSpec | SleepRuleSpec;

/** Unit id "Host/namespace/name". */
export interface SleeperSpec {
  type: "sleeper";
  /** HostId of the sleeping host. */
  host: string;
  interfaces: {
    /** Six colon-separated hex pairs, lower case. */
    mac: string;
    /** Addresses with prefix length, "10.0.0.5/24"; the proxy claims these while the host sleeps. */
    addresses: string[];
  }[];
  /** Claim the addresses by ARP and neighbour discovery; false: the proxy is on the path anyway. */
  takeover: boolean;
  wake: {
    transport: "ethernet" | "udp";
    /** How many magic packets are sent for one wake. */
    repeat: number;
    /** Name of a secret on the proxy whose content is the SecureOn password. */
    secureOn?: string;
  };
  /** Whether the host may subscribe rules of its own over the responder protocol, and how much of them. */
  selfService: SelfServiceLimits | false;
}

export interface SelfServiceLimits {
  rulesMax: number;
  /** Of one module. */
  moduleBytesMax: number;
}

/** Layers of sloth-sleep-proxy §3.5. */
export const sleepLayers = ["IP", "IPv4", "IPv6", "ICMP", "IGMP", "UDP", "TCP"] as const;
export type SleepLayer = (typeof sleepLayers)[number];

/** Artifact "program" is the WASM module. */
export interface SleepRuleSpec {
  type: "rule";
  /** HostId of the sleeping host whose traffic it sees. */
  host: string;
  layer: SleepLayer;
  /** Destination prefixes; always filled (by default the host's own addresses). */
  addresses: string[];
  /** Destination port, for UDP and TCP only. */
  port?: number;
  /** The module sees the frame from layer 2 on. */
  raw: boolean;
  /** The proxy accepts connections to `port`, and the module speaks on them as streams. Absent otherwise. */
  stream?: true;
  /** Call `on_timer` this often. */
  intervalMs?: number;
  /** Handed to the module through its SDK (see modules/), as JSON text. */
  config: unknown;
  limits: { memoryBytes: number; timeMs: number };
  /** What becomes of a packet whose program fails. */
  onFault: "drop" | "accept";
  /** Of a rule that its host subscribed by itself: which subscription it is of (`self-service.ts`). */
  subscription?: Subscription;
}

/** Rules that came in one subscription: `rules` units whose ids are numbered from `first` on. The newest has the highest. */
export interface Subscription {
  first: number;
  rules: number;
}
