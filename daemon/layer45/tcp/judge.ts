import { verdicts } from "../../../modules/mod.ts";
import type { Customization, Station } from "../customization.ts";
import type { Direction } from "../message-counts.ts";

/** Bytes of one direction that no module has taken yet. */
export interface Stretch {
  bytes: Uint8Array;
  offset: number;
  length: number;
  /** The stream ends behind them, or a module cannot be shown more at a time: who waits for more waits in vain. */
  isLast: boolean;
  /** The stream ends behind them. */
  isEnd: boolean;
  nowMs: number;
}

/** What becomes of the first `length` bytes of a stretch; of none: there must be more of them first. */
export interface StretchOutcome {
  kind: "pass" | "replace" | "drop" | "break";
  length: number;
  delayMs: number;
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
  { bytes, offset, length, isLast, isEnd, nowMs }: Stretch,
): void {
  outcome.kind = "pass";
  outcome.length = length;
  outcome.delayMs = 0;
  outcome.by = undefined;
  for (const station of stations) {
    const { customization } = station.attachment;
    const verdict = customization.show(direction, station, bytes, offset, outcome.length, nowMs, isEnd);
    if (verdict === "fault") {
      if (customization.spec.onFault === "accept" || customization.state === "installed") continue;
      // A stream from which something is missing is none: it ends, and both applications learn so.
      outcome.kind = "break";
      return;
    }
    if (customization.state === "installed" || station.attachment.isRefused) continue;
    const { answer } = customization;
    outcome.delayMs = Math.max(outcome.delayMs, answer.delayMs);
    if (verdict === verdicts.more) {
      if (isLast) continue;
      outcome.length = 0;
      return;
    }
    outcome.length = answer.consumed;
    if (verdict === verdicts.notMine) continue;
    outcome.kind = verdict === verdicts.customized ? "replace" : "drop";
    outcome.by = customization;
    return;
  }
}
