import type { Digest, HostId, ObservedUnit, UnitId, UnitState } from "../../schemas/mod.ts";
import type { LoadedUnit, Log } from "../engine.ts";
import type { Holding } from "../linux/mod.ts";
import type { GuestGate } from "./shared.ts";

/**
 * The worker's side of an engine: all of it runs in one thread, one call at a time, and none of it may wait. Verbs
 * throw a `ProblemError` and leave everything as it was; all are idempotent. See `Engine` for what the verbs mean.
 */
export interface EngineLoop {
  install(loaded: LoadedUnit): void;
  setState(id: UnitId, state: UnitState): void;
  setPriority(id: UnitId, priority: number): void;
  revoke(id: UnitId): void;
  challenge?(id: UnitId, nonce: string): string;
  power?(host: HostId, state: "asleep" | "awake"): void;

  /** Takes up, for a unit that was just installed, the counters that a thread which was ended had told last. */
  resume?(seen: ObservedUnit): void;

  /** What is really there of a unit now; undefined when nothing is. */
  observe(id: UnitId): ObservedUnit | undefined;

  /** Descriptors whose becoming readable ends the wait between turns. Asked again after each verb and changed(). */
  descriptors(): readonly number[];

  /**
   * Handles one bounded batch of what is at hand (a few hundred packets, due timers), without blocking.
   * Returns how many milliseconds the loop may now wait for a descriptor: 0 when more is at hand.
   */
  turn(nowMs: number): number;

  /** Takes everything off and leaves the network as it was. */
  stop(): void;
}

export interface LoopContext {
  /** What the main side gave as `data`. */
  data: unknown;
  log: Log;

  /**
   * The gate through which guests of the unit that is being installed are entered: call it inside `install`, keep it
   * with the installation. A guest that runs longer than `limitMs` has the thread ended and its unit faulted.
   */
  gate(id: UnitId, limitMs: number): GuestGate;

  /** To be called for each descriptor and mapping that system calls gave: they outlive the thread otherwise. */
  hold(holding: Holding): void;
  /** To be called before a holding is closed or unmapped. */
  release(holding: Holding): void;

  /** Reads a private artifact of a unit that is installed, or being installed; blocking. Throws `artifact.missing`. */
  artifact(digest: Digest): Uint8Array;

  /** Reads a secret of this host, blocking; throws `secret.missing`. */
  secret(name: string): Uint8Array;

  /** What `observe(id)` or `descriptors()` returns has changed for a reason other than a verb. */
  changed(id?: UnitId): void;

  /** The engine found out by itself that a host went to sleep or woke, and acted on it: the daemon remembers it. */
  powered(host: HostId, state: "asleep" | "awake"): void;
}
