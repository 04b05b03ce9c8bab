import type { HostId, SleeperSpec, SleepRuleSpec } from "../../schemas/mod.ts";

/** A rule of a subscription: what it does for which packets, and its program. */
export interface SubscribedRule {
  spec: SleepRuleSpec;
  module: Uint8Array;
}

/** What the responder needs of the daemon. What fails rejects with its problem and has changed nothing. */
export interface ResponderBackend {
  /** The hosts that this daemon is declared to stand in for. */
  sleepers(): SleeperSpec[];
  /** Puts these rules in the place of all that the host had subscribed. */
  subscribe(host: HostId, rules: readonly SubscribedRule[]): Promise<void>;
  unsubscribe(host: HostId): Promise<void>;
  /** Takes over, or lets go. */
  power(host: HostId, state: "asleep" | "awake"): Promise<void>;
}
