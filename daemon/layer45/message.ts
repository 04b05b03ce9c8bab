import { verdicts } from "../../modules/mod.ts";
import type { Customization, Station } from "./customization.ts";
import type { Direction } from "./message-counts.ts";

/** What becomes of a datagram. */
export type Outcome = "pass" | "drop" | "replace";

/** Filled anew by each `customize`; allocated once, for it is told of every message. */
export interface Judgement {
  outcome: Outcome;
  /** It is to be held back so long, and all that comes behind it on this side of the flow. */
  delayMs: number;
  /** Whose `answer` takes the message's place, when the outcome is "replace". */
  by: Customization | undefined;
}

/**
 * Takes a datagram through the customizations of its flow: the first that says it customized it or drops it ends the search
 * (layer-4.5 §5.2.4). A module that fails drops it or leaves it to the next, as its unit says.
 */
export function customize(
  judgement: Judgement,
  direction: Direction,
  stations: readonly Station[],
  message: { bytes: Uint8Array; offset: number; length: number; nowMs: number },
): void {
  judgement.outcome = "pass";
  judgement.delayMs = 0;
  judgement.by = undefined;
  const { bytes, offset, length, nowMs } = message;
  for (const station of stations) {
    const { customization } = station.attachment;
    const verdict = customization.show(direction, station, bytes, offset, length, nowMs);
    if (verdict === "fault") {
      if (customization.spec.onFault === "accept" || customization.state === "installed") continue;
      judgement.outcome = "drop";
      return;
    }
    if (verdict === verdicts.drop) {
      judgement.outcome = "drop";
      return;
    }
    // The delay of "more" is not for datagrams, which come whole.
    if (customization.state !== "installed" && verdict !== verdicts.more) {
      judgement.delayMs = Math.max(judgement.delayMs, customization.answer.delayMs);
    }
    if (verdict === verdicts.customized) {
      judgement.outcome = "replace";
      judgement.by = customization;
      return;
    }
  }
}
