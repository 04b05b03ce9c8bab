import type { Problem } from "./problem.ts";

/** "namespace/name" of a Host; both parts are DNS labels. */
export type HostId = string;

/** "Kind/namespace/name", or "Kind/namespace/name/part" where one object becomes several units on one host. */
export type UnitId = string;

/** Lower-case hex SHA-256. */
export type Digest = string;

export const engineNames = ["sleep", "filter", "tunnel", "probe", "layer45", "inverse"] as const;
export type EngineName = (typeof engineNames)[number];

/** A file that a unit runs on: a WASM module, a Lua or JavaScript source. It travels by digest. */
export interface Artifact {
  /** What the unit calls it: "program". */
  name: string;
  digest: Digest;
  bytes: number;
  /** For one host alone: its content comes enclosed in the command that installs the unit, and is no blob. */
  private?: boolean;
}

/**
 * One rule, tunnel, probe, function or module on one host: whatever a user declares becomes these. A unit's content is
 * fixed by its digest; its priority and state change without a reinstall.
 */
export interface Unit {
  id: UnitId;
  engine: EngineName;
  /** Digest over id, engine, spec and artifacts (see `unitDigest`). */
  digest: Digest;
  /** What the engine reads; its shape belongs to the engine (`schemas/units/`). */
  spec: unknown;
  artifacts: Artifact[];
}

/** installed: present and inactive. deprecated: keeps what it has, takes nothing new. Absent is not being listed. */
export type UnitState = "installed" | "active" | "deprecated";

/** A unit as it ought to be on one host. */
export interface DesiredUnit {
  unit: Unit;
  /** Lower first; ties by id. */
  priority: number;
  state: UnitState;
}

/** A unit as a daemon sees it. */
export interface ObservedUnit {
  id: UnitId;
  engine: EngineName;
  digest: Digest;
  priority: number;
  state: UnitState;
  /** What keeps it from working though it is installed: a faulted guest, a lost interface. */
  problem?: Problem;
  /** Deprecated and holding nothing any more: it can be revoked without harm. */
  idle?: boolean;
  /** Engine-specific counters and gauges, by metric name. */
  counters?: Record<string, number>;
  /** Where a tap leaves a parameter open (a port, a process's name): what was met, `metValuesMax` values of each at most. */
  met?: Record<string, string[]>;
  /** Of a sleeping host: the last times it was called or woke, oldest first, `wakesKeptMax` of them at most. */
  wakes?: Wake[];
}

export const wakesKeptMax = 16;
export const metValuesMax = 16;

/** What a packet was that had a host woken; "timer": none was, the rule asked on its own account. */
export const wakeProtocols = ["ICMP", "IGMP", "TCP", "UDP", "other", "timer"] as const;
export type WakeProtocol = (typeof wakeProtocols)[number];

/** One time that a sleeping host was called by a rule, or woke though nobody called it. */
export interface Wake {
  /** Milliseconds since 1970, by the proxy's clock. */
  atMs: number;
  /** The rule that asked, and for what; absent when the host woke by itself. */
  rule?: UnitId;
  protocol?: WakeProtocol;
  /** Address of whoever sent the packet that the rule saw. */
  peer?: string;
}

/** What an engine can do on this host, or why it can't. */
export interface EngineCapability {
  engine: EngineName;
  available: boolean;
  /** Why not, in a sentence; absent when available. */
  reason?: string;
}

/** What a daemon says of its host. */
export interface HostCapabilities {
  kernel: string;
  netloom: string;
  interfaces: { name: string; mac: string; addresses: string[]; up: boolean }[];
  engines: EngineCapability[];
}
