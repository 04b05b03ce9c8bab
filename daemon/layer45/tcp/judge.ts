import { verdicts } from "../../../modules/mod.ts";
import type { Customization, Station } from "../customization.ts";
import type { Direction } from "../message-counts.ts";

/** Bytes of one direction that no module has taken yet. */
export interface Stretch {
  bytes: Uint8Array;
  offset: number;
  length: number;
  /** No more can be shown with them, or not in the time that a module has for it: who waits for more waits in vain. */
  isLast: boolean;
  /** Of `flowFlags`: that the stream ends behind them, or that the time is over. */
  flags: number;
  nowMs: number;
}

/** What becomes of the first `length` bytes of a stretch; of none: there must be more of them first. */
export interface StretchOutcome {
  kind: "pass" | "replace" | "drop" | "break";
  length: number;
  delayMs: number;
  /** How long they wait for more of them at most; 0: until there is more. */
  waitMs: number;
  /** Whose `answer` takes their place, when they are replaced. */
  by: Customization | undefined;
}

/**
 * Takes the beginning of a stretch through the customizations of its flow (decision 0016): the first that customizes or drops it
 * ends the search. One that says that some bytes are not its own lets the next look at those, and no further.
 */
export function judge(
  outcome: StretchOutcome,
  direction: Direction,
  stations: readonly Station[],
  { bytes, offset, length, isLast, flags, nowMs }: Stretch,
): void {
  outcome.kind = "pass";
  outcome.length = length;
  outcome.delayMs = 0;
  outcome.waitMs = 0;
  outcome.by = undefined;
  for (const station of stations) {
    const { customization } = station.attachment;
    const verdict = customization.show(direction, station, bytes, offset, outcome.length, nowMs, flags);
    if (verdict === "fault") {
      if (customization.spec.onFault === "accept" || customization.state === "installed") continue;
      // A stream from which something is missing is none: it ends, and both applications learn so.
      outcome.kind = "break";
      return;
    }
    if (customization.state === "installed" || station.attachment.isRefused) continue;
    const { answer } = customization;
    if (verdict === verdicts.more) {
      if (isLast) continue;
      outcome.length = 0;
      outcome.waitMs = answer.delayMs;
      return;
    }
    outcome.delayMs = Math.max(outcome.delayMs, answer.delayMs);
    outcome.length = answer.consumed;
    if (verdict === verdicts.notMine) continue;
    outcome.kind = verdict === verdicts.customized ? "replace" : "drop";
    outcome.by = customization;
    return;
  }
}
