import type { Judgement } from "../status/conditions.ts";
import { namesOf } from "./advance-move.ts";
import type { LiveRotation } from "./live-rotation.ts";
import { moveStepOf, waitingFor } from "./move-step.ts";

const no = { status: "False", reason: "No", message: "" } as const;

/** How a rotation stands: at rest, on its way, or held until somebody decides. */
export function judgeRotation(live: LiveRotation): Judgement {
  const { record, settings } = live;
  const { move, current } = record;
  if (!move) {
    const ready = {
      status: "True",
      reason: "AtRest",
      message: `${current ?? "nothing"} is in force`,
    } as const;
    return { ready, reconciling: no, stalled: no };
  }
  const step = moveStepOf(record, move);
  const waiting = waitingFor(step, move, { settings, record, sight: live.sight() });
  const from = move.from === undefined ? "" : ` from ${move.from}`;
  const message = `moving${from} to ${move.to}: ${step}, waiting for ${namesOf(waiting) || "nobody"}`;
  if (move.isHeld) {
    const said = { reason: "Held", message } as const;
    return { ready: { status: "False", ...said }, reconciling: no, stalled: { status: "True", ...said } };
  }
  const said = { reason: "Rotating", message } as const;
  return { ready: { status: "False", ...said }, reconciling: { status: "True", ...said }, stalled: no };
}
