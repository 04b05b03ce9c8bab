import type { LiveRotation } from "../rotation/live-rotation.ts";
import { moveDeadline, moveStepOf, waitingFor } from "../rotation/move-step.ts";
import type { PastMove } from "../rotation/rotation-record.ts";
import type { RotationPlanReply, RotationReply } from "./replies.ts";

const time = (ms: number): string => new Date(ms).toISOString();

/** Where a rotation stands. */
export function rotationView(live: LiveRotation): RotationReply {
  const { record, settings, namespace, ref } = live;
  const { current, next, stages, history } = record;
  return {
    namespace,
    name: ref.split("/")[2] ?? "",
    through: [...settings.through],
    ...(current !== undefined && { current }),
    ...moveView(live),
    stages: Object.fromEntries(Object.entries(stages).map(([member, { at }]) => [member, at])),
    ...(next && { next: { at: time(next.atMs), to: next.to } }),
    history: history.map(pastView),
  };
}

function moveView(live: LiveRotation): Pick<RotationReply, "move"> {
  const { record, settings } = live;
  const { move } = record;
  if (!move) return {};
  const step = moveStepOf(record, move);
  const deadlineMs = moveDeadline(settings, record);
  const { from, to, cause, stepMs, isHeld = false } = move;
  return {
    move: {
      ...(from !== undefined && { from }),
      to,
      cause,
      step,
      since: time(stepMs),
      ...(deadlineMs !== undefined && { deadline: time(deadlineMs) }),
      held: isHeld,
      waitingFor: waitingFor(step, move, { settings, record, sight: live.sight() }),
    },
  };
}

function pastView({ startedMs, endedMs, ...past }: PastMove): RotationReply["history"][number] {
  return { ...past, started: time(startedMs), ended: time(endedMs) };
}

/** The steps of moving to a member from where the rotation stands. */
export function rotationPlan(live: LiveRotation, to: string): RotationPlanReply {
  const { current } = live.record;
  const { retire, overlapMs } = live.settings;
  const { sender, receiver } = live.sight().hosts;
  const senders = [...sender];
  const receivers = [...receiver];
  const steps: RotationPlanReply["steps"] = [
    { step: "deployReceivers", what: `install and activate ${to}, behind what is there`, hosts: receivers },
    { step: "deploySenders", what: `install and activate ${to}, behind what is there`, hosts: senders },
    { step: "preferReceivers", what: `try ${to} first`, hosts: receivers },
    { step: "preferSenders", what: `customize with ${to}`, hosts: senders },
  ];
  if (current === to) return { to, steps: [] };
  if (current === undefined) return { to, steps: steps.slice(0, 2) };
  if (retire === "keep") return { from: current, to, steps };
  const leave = retire === "revoke" ? `revoke ${current}` : `deprecate ${current}, and revoke it when idle`;
  steps.push(
    { step: "retireSenders", what: leave, hosts: senders },
    { step: "retireReceivers", what: `${overlapMs} ms later, ${leave}`, hosts: receivers },
  );
  return { from: current, to, steps };
}
