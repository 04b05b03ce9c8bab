import { limits } from "../bus/mod.ts";

/** How long the controller waits for what, in milliseconds. */
export interface ControllerTimes {
  commandTimeoutMs: number;
  /** After a reply, for the report that shows its effect; then the host is asked for one. */
  reportTimeoutMs: number;
  backoffFirstMs: number;
  backoffMaxMs: number;
  /** Without a heartbeat. */
  awayAfterMs: number;
  /** What is still pending after this long is stalled, with the reason it is pending for. */
  progressDeadlineMs: number;
  /** A module that is challenged answers within this, or has failed; much longer than a host takes to be noticed as away. */
  challengeDeadlineMs: number;
  /** A customization is installed before its middleboxes can read it when they cannot after this long. */
  middleboxWaitMs: number;
}

export const defaultTimes: ControllerTimes = {
  commandTimeoutMs: 10_000,
  reportTimeoutMs: 5_000,
  backoffFirstMs: 500,
  backoffMaxMs: 60_000,
  awayAfterMs: limits.hostAwayAfterMs,
  progressDeadlineMs: 120_000,
  challengeDeadlineMs: 30_000,
  middleboxWaitMs: 10_000,
};

/** Batches under way at once, over all hosts. */
export const hostsInFlightMax = 256;
