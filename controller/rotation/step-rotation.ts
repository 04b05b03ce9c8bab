import { advanceMove } from "./advance-move.ts";
import { advanceRetirement } from "./advance-retirement.ts";
import { chooseTarget } from "./choose-target.ts";
import { moveDeadline } from "./move-step.ts";
import type { RotationDraft, RotationEvent } from "./rotation-draft.ts";
import type { RotationRecord } from "./rotation-record.ts";
import type { RotationSettings } from "./rotation-settings.ts";
import type { RotationSight } from "./rotation-sight.ts";

export interface RotationStep {
  /** To be written down before anything of it is done; the argument itself when nothing new is decided. */
  record: RotationRecord;
  events: RotationEvent[];
  /** When there is something to decide though nothing is seen. */
  wakeAtMs?: number;
}

/** One look may allow a step, the end of the move, and the beginning of what follows. */
const roundsMax = 16;

/**
 * Decides how a rotation goes on, from what is decided already and what is seen; pure. Of each member the units of the
 * decided record are those that `unitLife` tells. It keeps this invariant (docs/rotation.md), whatever is lost, late or
 * repeated between controllers and hosts:
 *
 *     While any sender has a member active or deprecated, and for `overlap` after that, every receiver has the same
 *     member active.
 *
 * A sender customizes with no other module, so no receiver gets a message that it cannot read. It holds because a member is
 * put on senders only when every receiver is certain to have it (`arriving` to `both`), and taken off receivers only when
 * every sender was certain not to have it for all of `overlap` (`late` to `leavingReceivers`).
 */
export function stepRotation(
  settings: RotationSettings,
  record: RotationRecord,
  sight: RotationSight,
  { nowMs, random }: { nowMs: number; random: () => number },
): RotationStep {
  const draft: RotationDraft = {
    settings,
    sight,
    nowMs,
    random,
    record: structuredClone(record),
    events: [],
  };
  let before = JSON.stringify(record);
  for (let round = 0; round < roundsMax; round++) {
    chooseTarget(draft);
    advanceMove(draft);
    advanceRetirement(draft);
    const after = JSON.stringify(draft.record);
    if (after === before) break;
    before = after;
  }
  const decided = before === JSON.stringify(record) ? record : draft.record;
  const wakeAtMs = wakeAt(settings, decided);
  return { record: decided, events: draft.events, ...(wakeAtMs !== undefined && { wakeAtMs }) };
}

function wakeAt(settings: RotationSettings, record: RotationRecord): number | undefined {
  const times = [moveDeadline(settings, record), record.next?.atMs].filter((time) => time !== undefined);
  for (const stage of Object.values(record.stages)) {
    if (stage.at === "late" && stage.sinceMs !== undefined) times.push(stage.sinceMs + settings.overlapMs);
  }
  return times.length > 0 ? Math.min(...times) : undefined;
}
