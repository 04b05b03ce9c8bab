import type {
  Digest,
  EngineCapability,
  EngineName,
  HostId,
  ObservedUnit,
  Problem,
  Unit,
  UnitId,
  UnitState,
} from "../schemas/mod.ts";

/** A unit with the content of its artifacts, by artifact name; digests are verified already. */
export interface LoadedUnit {
  unit: Unit;
  priority: number;
  artifacts: ReadonlyMap<string, Uint8Array>;
  /** This version was stopped for this before a restart: it is to be listed with it, and not run. */
  faulted?: Problem;
}

/**
 * An engine gets each verb of the lifecycle only for units of its own, one call at a time, and answers
 * by resolving, or by rejecting with a `ProblemError` and leaving everything as it was. All verbs are idempotent.
 *
 * The daemon keeps units on disk and restores them; an engine keeps nothing.
 */
export interface Engine {
  readonly name: EngineName;

  /** What this host lets it do; cheap, and asked before `start`. */
  capability(): Promise<EngineCapability>;

  /** `changed` is to be called whenever what `observe` returns has changed for a reason other than a verb. */
  start(context: EngineContext): Promise<void>;

  /**
   * Makes the unit present and inactive. A unit of the same id and another digest is replaced in one step and keeps
   * its state: packets see the old version or the new one, and the old one goes on when the new one is refused.
   */
  install(loaded: LoadedUnit): Promise<void>;

  setState(id: UnitId, state: UnitState): Promise<void>;
  setPriority(id: UnitId, priority: number): Promise<void>;
  revoke(id: UnitId): Promise<void>;

  /** Answers a security challenge (hex in, hex out), where the engine has units that can. */
  challenge?(id: UnitId, nonce: string): Promise<string>;

  /** A host that some unit stands in for went to sleep or woke; resolves when interception has begun or ended. */
  power?(host: HostId, state: "asleep" | "awake"): Promise<void>;

  /** What is really there now, each unit once. */
  observe(): ObservedUnit[];

  /** Where `observe` answers from memory: brings counters up to date. */
  refresh?(): Promise<void>;

  /** Takes everything off and leaves the network as it was. */
  stop(): Promise<void>;
}

export interface EngineContext {
  changed(): void;
  /** The engine found out by itself that a host went to sleep or woke; the daemon is to remember it. */
  powered(host: HostId, state: "asleep" | "awake"): void;
  log: Log;
  /** Reads an artifact of a unit from disk: engines keep no private ones. Rejects with `artifact.missing`. */
  artifact(digest: Digest): Promise<Uint8Array>;
  /** Reads a secret that lives on this host, by name; rejects with `secret.missing`. */
  secret(name: string): Promise<Uint8Array>;
}

/** Constant text plus fields. */
export interface Log {
  debug(fields: Record<string, unknown>, text: string): void;
  info(fields: Record<string, unknown>, text: string): void;
  warn(fields: Record<string, unknown>, text: string): void;
  error(fields: Record<string, unknown>, text: string): void;
}
