/** What the filter engine is given for a Rule with `netfilter`. Artifact "program" is the Lua source (packetscript.txt). */
export interface FilterUnitSpec {
  table: "raw" | "mangle" | "nat" | "filter" | "security";
  hook: "PREROUTING" | "INPUT" | "FORWARD" | "OUTPUT" | "POSTROUTING";
  /** All that is given must hold. */
  match: {
    /** Absent: both. */
    family?: "IPv4" | "IPv6";
    inInterface?: string;
    outInterface?: string;
    /** A name that iptables knows, or a number. */
    protocol?: string;
    /** Prefixes, or single addresses. */
    source?: string;
    destination?: string;
    sourcePort?: number;
    destinationPort?: number;
  };
  /** The Lua function that is given each packet. */
  function: string;
  /** "namespace/name": units of one host with the same state share their Lua globals. Absent: a state of its own. */
  state?: string;
  /** Handed to the program as JSON. */
  config: unknown;
  limits: { memoryBytes: number; timeMs: number };
  /** What becomes of a packet whose program fails. */
  onFault: "drop" | "accept";
}
