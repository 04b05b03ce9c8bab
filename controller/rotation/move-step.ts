import type { HostId } from "../../schemas/mod.ts";
import type { Move, Role, RotationRecord } from "./rotation-record.ts";
import type { RotationSettings } from "./rotation-settings.ts";
import { type LifeContext, unitLife } from "./unit-life.ts";

/**
 * The steps of a rotation, in order (layer-4.5 §5.2.4, figure 5.3). There both ends are given the new module in one step;
 * here receivers are first in that as well: a sender whose module in front declines a message hands it to the next.
 */
export const moveSteps = ["deployReceivers", "deploySenders", "preferReceivers", "preferSenders"] as const;
export type MoveStep = (typeof moveSteps)[number];

/** The hosts that have to show a step before the next one begins. */
const roleOf: Record<MoveStep, Role> = {
  deployReceivers: "receiver",
  deploySenders: "sender",
  preferReceivers: "receiver",
  preferSenders: "sender",
};

/** The step that a move is at, which follows from what is decided already. */
export function moveStepOf({ stages, front }: RotationRecord, { to }: Move): MoveStep {
  if (stages[to]?.at !== "both") return "deployReceivers";
  if (front.receiver !== to) return "deploySenders";
  return front.sender === to ? "preferSenders" : "preferReceivers";
}

/** The hosts that do not show yet, or not for certain, what the step asks of them. */
export function waitingFor(step: MoveStep, { to }: Move, context: LifeContext): HostId[] {
  const role = roleOf[step];
  return context.sight.hosts[role].filter((host) => {
    const { isCertain, unit } = context.sight.unit(host, role, to);
    const life = unitLife({ host, role, member: to }, context);
    return !(
      isCertain &&
      unit?.isSound &&
      life !== "absent" &&
      isSame(unit, life) &&
      unit.state === "active"
    );
  });
}

const isSame = (a: { state: string; priority: number }, b: { state: string; priority: number }): boolean =>
  a.state === b.state && a.priority === b.priority;

/** When the move's step is given up; undefined when there is nothing to go back to, or it is going back. */
export function moveDeadline(
  settings: RotationSettings,
  { move, current }: RotationRecord,
): number | undefined {
  if (!move || current === undefined || current === move.to || move.isHeld) return undefined;
  return move.stepMs + settings.deadlineMs;
}
