import type { Customization } from "./customization.ts";

/** How the messages of one transport protocol come to the customizations, and go on from there. */
export interface Transport {
  /**
   * Makes the kernel hand over what these customizations (by priority, all of this protocol) may want; called after each
   * change of them. Throws a `ProblemError` when the kernel refuses; what worked before goes on then.
   */
  settle(customizations: readonly Customization[]): void;

  /** What was lost on the way to the customizations, by name of the counter; told with each of them. */
  losses?(): Record<string, number>;

  /** Cookies of the sockets of the protocol that are there now. */
  sockets(): ReadonlySet<bigint>;

  descriptors(): readonly number[];

  /** As `EngineLoop.turn`. */
  turn(nowMs: number): number;

  /** Takes everything off and leaves the network as it was. */
  stop(): void;
}
