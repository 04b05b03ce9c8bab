/**
 * Whether a host sleeps, as its proxy knows it.
 *
 *     awake ── told asleep ──> asleep ── a rule wants it ──> waking
 *       ^                        │  ^── not seen in time ──────┤
 *       └──── told awake, or a frame of its own is seen ───────┘
 */
export type Power =
  | { kind: "awake" }
  | { kind: "asleep"; sinceMs: number }
  | { kind: "waking"; sinceMs: number; asleepSinceMs: number; calledMs: number };

export type PowerEvent =
  /** The host, or someone for it, says that it goes to sleep, or that it woke. */
  | "told-asleep"
  | "told-awake"
  /** A frame came from the host's own interface. */
  | "seen"
  /** A rule wants it awake. */
  | "wanted"
  /** Nothing but time has passed. */
  | "tick";

export type PowerAction =
  /** Claim its addresses and start to intercept. */
  | "take-over"
  /** Stop intercepting, give its addresses back, and hand over what the rules kept for it. */
  | "give-back"
  /** Send magic packets. */
  | "call"
  /** Say that it did not wake. */
  | "give-up";

export const powerTimes = {
  /** After it said that it goes to sleep a host still sends a few frames; they do not count as waking. */
  settleMs: 2_000,
  /** A host that is wanted again is called again at most this often. */
  callIntervalMs: 1_000,
  /** A host that is not seen for this long after it was first called counts as asleep again. */
  wakeDeadlineMs: 60_000,
} as const;

export interface PowerStep {
  power: Power;
  action: PowerAction | undefined;
}

/** What an event makes of a host's power, and what is to be done. */
export function stepPower(power: Power, event: PowerEvent, nowMs: number): PowerStep {
  const stay: PowerStep = { power, action: undefined };
  switch (event) {
    case "told-asleep":
      // Told again while it sleeps: claimed again, for the one who asks may have missed it.
      if (power.kind === "asleep") return { power, action: "take-over" };
      return { power: { kind: "asleep", sinceMs: nowMs }, action: "take-over" };
    case "told-awake":
      return power.kind === "awake" ? stay : { power: { kind: "awake" }, action: "give-back" };
    case "seen":
      if (power.kind === "awake") return stay;
      if (power.kind === "asleep" && nowMs - power.sinceMs < powerTimes.settleMs) return stay;
      return { power: { kind: "awake" }, action: "give-back" };
    case "wanted":
      return want(power, nowMs);
    case "tick":
      if (power.kind !== "waking" || nowMs - power.sinceMs < powerTimes.wakeDeadlineMs) return stay;
      return { power: { kind: "asleep", sinceMs: power.asleepSinceMs }, action: "give-up" };
  }
}

function want(power: Power, nowMs: number): PowerStep {
  if (power.kind === "asleep") {
    const waking = { kind: "waking", sinceMs: nowMs, asleepSinceMs: power.sinceMs, calledMs: nowMs } as const;
    return { power: waking, action: "call" };
  }
  if (power.kind === "waking" && nowMs - power.calledMs >= powerTimes.callIntervalMs) {
    return { power: { ...power, calledMs: nowMs }, action: "call" };
  }
  return { power, action: undefined };
}
