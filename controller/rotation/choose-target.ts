import { nextCron } from "../../schemas/mod.ts";
import { beginMove, endMove, type RotationDraft, type RotationEvent } from "./rotation-draft.ts";
import type { Member, RotationRecord } from "./rotation-record.ts";
import type { Trigger } from "./rotation-settings.ts";

/** Begins a move when a commit, a schedule, or the lack of any member in force asks for one. */
export function chooseTarget(draft: RotationDraft): void {
  const { record, settings } = draft;
  const { trigger, through } = settings;
  forgetStrangers(draft);
  const first = trigger.kind === "commit" ? trigger.current : (through[0] as Member);
  if (goalOf(record) === undefined) beginMove(draft, { to: first, cause: "first" });
  if (trigger.kind !== "commit") {
    delete record.asked;
    followSchedule(trigger, draft);
    return;
  }
  delete record.next;
  if (record.asked === trigger.current) return;
  record.asked = trigger.current;
  if (goalOf(record) !== trigger.current) beginMove(draft, { to: trigger.current, cause: "commit" });
}

/** Moves to a member because somebody asks for it now; to the scheduled or listed next one without a name. Pure. */
export function rotateTo(
  record: RotationRecord,
  to: Member,
  nowMs: number,
): { record: RotationRecord; events: RotationEvent[] } {
  const draft = { record: structuredClone(record), nowMs, events: [] };
  const isHeld = record.move?.isHeld === true;
  if (goalOf(record) !== to || isHeld) beginMove(draft, { to, cause: "manual" });
  return { record: draft.record, events: draft.events };
}

/** The member that comes after what is in force, or is moved to, when nobody says which. */
export function successorOf(record: RotationRecord, through: readonly Member[]): Member {
  return record.next?.to ?? listedAfter(goalOf(record), through);
}

/** Where it is moving, or rests. */
export function goalOf({ move, current }: RotationRecord): Member | undefined {
  return move?.to ?? current;
}

/** Members that a commit took out are not this rotation's any more. */
function forgetStrangers({ record, settings, nowMs }: RotationDraft): void {
  const isStranger = (member: Member | undefined): boolean =>
    member !== undefined && !settings.through.includes(member);
  if (isStranger(record.move?.to)) endMove(record, { endedMs: nowMs, outcome: "superseded" });
  if (isStranger(record.move?.from)) delete record.move?.from;
  if (isStranger(record.current)) delete record.current;
  for (const role of ["sender", "receiver"] as const) {
    if (isStranger(record.front[role])) delete record.front[role];
  }
  for (const member of Object.keys(record.stages)) if (isStranger(member)) delete record.stages[member];
}

function followSchedule(trigger: Exclude<Trigger, { kind: "commit" }>, draft: RotationDraft): void {
  const { record, nowMs } = draft;
  const { next } = record;
  if (next && next.by === trigger.key && next.atMs <= nowMs) {
    // One that is still under way is not overtaken by the next.
    if (!record.move && next.to !== record.current) beginMove(draft, { to: next.to, cause: "schedule" });
    delete record.next;
  }
  if (record.next?.by !== trigger.key) drawNext(trigger, draft);
  else if (!isCandidate(record.next.to, draft)) record.next.to = drawSuccessor(trigger, draft);
}

function drawNext(trigger: Exclude<Trigger, { kind: "commit" }>, draft: RotationDraft): void {
  const { record, nowMs, random } = draft;
  const due = trigger.kind === "every" ? nowMs + trigger.everyMs : nextCron(trigger.cron, nowMs);
  // Validation lets no schedule pass that never comes.
  if (due === undefined) return;
  const atMs = due + Math.floor(trigger.jitterMs * random());
  record.next = { atMs, to: drawSuccessor(trigger, draft), by: trigger.key };
}

function isCandidate(to: Member, { record, settings }: RotationDraft): boolean {
  return settings.through.includes(to) && to !== goalOf(record);
}

function drawSuccessor(
  { order }: Exclude<Trigger, { kind: "commit" }>,
  { record, settings, random }: RotationDraft,
): Member {
  const goal = goalOf(record);
  if (order === "listed") return listedAfter(goal, settings.through);
  const others = settings.through.filter((member) => member !== goal);
  return others[Math.floor(random() * others.length)] as Member;
}

function listedAfter(goal: Member | undefined, through: readonly Member[]): Member {
  const at = goal === undefined ? -1 : through.indexOf(goal);
  return through[(at + 1) % through.length] as Member;
}
