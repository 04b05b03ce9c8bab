import { historyMax, type Move, type PastMove, type RotationRecord } from "./rotation-record.ts";
import type { LifeContext } from "./unit-life.ts";

/** Something to be told of a rotation. */
export interface RotationEvent {
  type: "Normal" | "Warning";
  /** One word in CamelCase. */
  reason: string;
  message: string;
}

/** A decision while it is being made: the record is the draft's own, and altered in place. */
export interface RotationDraft extends LifeContext {
  nowMs: number;
  /** Between 0 and 1. */
  random: () => number;
  events: RotationEvent[];
}

/** Begins to move to a member; a move under way ends there, and is what a move home comes from. */
export function beginMove(
  draft: Pick<RotationDraft, "record" | "nowMs" | "events">,
  { to, cause }: Pick<Move, "to" | "cause">,
): void {
  const { record, nowMs, events } = draft;
  const before = record.move?.to;
  if (record.move) endMove(record, { endedMs: nowMs, outcome: "superseded" });
  const { front, current, stages } = record;
  const from = current === to ? before : current;
  const at = stages[to]?.at;
  if (at !== "arriving" && at !== "both") stages[to] = { at: "arriving" };
  // With nothing in front there is nothing to keep in front of it.
  if (front.receiver === undefined && front.sender === undefined) record.front = { sender: to, receiver: to };
  record.move = { ...(from !== undefined && { from }), to, cause, startedMs: nowMs, stepMs: nowMs };
  const moving = from === undefined ? `to ${to}` : `from ${from} to ${to}`;
  events.push({ type: "Normal", reason: "RotationStarted", message: `moving ${moving} (${cause})` });
}

/** Takes the move off the record and into its history. */
export function endMove(record: RotationRecord, end: Pick<PastMove, "endedMs" | "outcome" | "reason">): void {
  const { move } = record;
  if (!move) return;
  const { stepMs: _, isHeld: __, ...begun } = move;
  const past: PastMove = { ...begun, ...end };
  record.history = [...record.history, past].slice(-historyMax);
  delete record.move;
}
