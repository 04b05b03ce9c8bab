import type { RotationDraft } from "./rotation-draft.ts";
import { type Member, type Role, roles, type Stage } from "./rotation-record.ts";

/** Takes members that nothing needs any more off the hosts: off every sender first, off the receivers `overlap` later. */
export function advanceRetirement(draft: RotationDraft): void {
  const { stages } = draft.record;
  for (const [member, stage] of Object.entries(stages)) {
    const next = nextStage(member, stage, draft);
    if (next === "gone") delete stages[member];
    else stages[member] = next;
  }
}

function nextStage(member: Member, stage: Stage, draft: RotationDraft): Stage | "gone" {
  const { settings, nowMs } = draft;
  switch (stage.at) {
    case "found":
      if (isNeeded(member, draft)) return stage;
      return roles.every((role) => isGone(member, role, draft)) ? "gone" : beginLeaving(member, stage, draft);
    case "arriving":
      return isNeeded(member, draft) ? stage : { at: "leavingSenders" };
    case "both":
      return isNeeded(member, draft) || settings.retire === "keep" ? stage : { at: "leavingSenders" };
    case "leavingSenders":
      return isGone(member, "sender", draft) ? { at: "late", sinceMs: nowMs } : stage;
    case "late": {
      // The clock runs only while every sender is certain not to have it.
      if (!isGone(member, "sender", draft)) return { at: "late" };
      const sinceMs = stage.sinceMs ?? nowMs;
      return nowMs >= sinceMs + settings.overlapMs ? { at: "leavingReceivers" } : { at: "late", sinceMs };
    }
    case "leavingReceivers":
      return isGone(member, "receiver", draft) ? "gone" : stage;
  }
}

/** A move to another member may be turned back, and until it is done nothing begins to leave; a move home may not. */
function isNeeded(member: Member, { record }: RotationDraft): boolean {
  const { move, current, front } = record;
  const isMovingOn = move !== undefined && move.to !== current;
  return isMovingOn || [current, front.sender, front.receiver].includes(member);
}

/** Hosts that cannot be seen may have it or not; what is seen nowhere needs no receiver to read it. */
function beginLeaving(member: Member, found: Stage, { sight }: RotationDraft): Stage {
  const isSeen = roles.some((role) =>
    sight.hosts[role].some((host) => sight.unit(host, role, member).unit !== undefined),
  );
  return isSeen ? { at: "leavingSenders" } : found;
}

function isGone(member: Member, role: Role, { sight }: RotationDraft): boolean {
  return sight.hosts[role].every((host) => {
    const { isCertain, unit } = sight.unit(host, role, member);
    return isCertain && unit === undefined;
  });
}
