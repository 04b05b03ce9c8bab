import type { HostId } from "../../schemas/mod.ts";
import { type MoveStep, moveDeadline, moveStepOf, waitingFor } from "./move-step.ts";
import { beginMove, endMove, type RotationDraft } from "./rotation-draft.ts";
import type { Member, Move } from "./rotation-record.ts";

/** Takes the next step of the move when every host shows the one before; gives up when that takes too long. */
export function advanceMove(draft: RotationDraft): void {
  const { record, settings, nowMs } = draft;
  const { move } = record;
  if (!move || move.isHeld) return;
  const step = moveStepOf(record, move);
  const waiting = waitingFor(step, move, draft);
  if (waiting.length === 0) {
    takeStep(step, move, draft);
    return;
  }
  const deadline = moveDeadline(settings, record);
  if (deadline !== undefined && nowMs >= deadline) giveUp(move, { step, waiting }, draft);
}

function takeStep(step: MoveStep, move: Move, { record, nowMs, events }: RotationDraft): void {
  const { to } = move;
  // The clock on the wall may have been put back.
  move.tookMs = { ...move.tookMs, [step]: Math.max(0, nowMs - move.stepMs) };
  move.stepMs = nowMs;
  if (step === "deployReceivers") record.stages[to] = { at: "both" };
  else if (step === "deploySenders") record.front.receiver = to;
  else if (step === "preferReceivers") record.front.sender = to;
  else {
    record.current = to;
    endMove(record, { endedMs: nowMs, outcome: "done" });
    const reason = move.cause === "revert" ? "RotationReverted" : "RotationDone";
    events.push({ type: "Normal", reason, message: `every flow is moved to ${to}` });
  }
}

function giveUp(
  move: Move,
  { step, waiting }: { step: MoveStep; waiting: readonly HostId[] },
  draft: RotationDraft,
): void {
  const { record, settings, nowMs, events } = draft;
  const reason = `${step} is not seen on ${namesOf(waiting)} after ${settings.deadlineMs} ms`;
  const from = record.current as Member;
  if (settings.onFailure === "hold") {
    move.isHeld = true;
    events.push({
      type: "Warning",
      reason: "RotationHeld",
      message: `held on the way to ${move.to}: ${reason}`,
    });
    return;
  }
  endMove(record, { endedMs: nowMs, outcome: "failed", reason });
  events.push({ type: "Warning", reason: "RotationFailed", message: `going back to ${from}: ${reason}` });
  // What is gone back to never left any host, so that every host may turn to it at once.
  record.front = { sender: from, receiver: from };
  beginMove(draft, { to: from, cause: "revert" });
  if (record.move) record.move.from = move.to;
}

const namedMax = 3;

export function namesOf(hosts: readonly HostId[]): string {
  const more = hosts.length > namedMax ? ` and ${hosts.length - namedMax} more` : "";
  return `${hosts.slice(0, namedMax).join(", ")}${more}`;
}
