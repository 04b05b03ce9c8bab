import type { HostId, Problem, UnitId } from "../../schemas/mod.ts";
import { objectRefOfUnit } from "../compile/unit.ts";
import { type PlannedCommand, unitOf } from "../diff.ts";
import type { FleetEvent } from "../events.ts";
import type { HostView } from "../host.ts";
import type { BatchOutcome } from "../reply.ts";
import type { Condition, ConditionType } from "./conditions.ts";
import type { ObjectStatus } from "./object-status.ts";

type Judged = Pick<ObjectStatus, "object" | "conditions" | "revision">;
type Happened = Pick<FleetEvent, "type" | "object" | "reason" | "message">;

/** What is worth an event in the step from one status of an object to the next. */
export function eventsOfStatus(
  { object, conditions, revision }: Judged,
  before: Judged | undefined,
): Happened[] {
  const ready = find(conditions, "Ready");
  const stalled = find(conditions, "Stalled");
  const was = (type: ConditionType): Condition | undefined => before && find(before.conditions, type);
  // Told when it happens, of each host.
  if (stalled?.status === "True" && stalled.reason === challengeFailed) return [];
  if (
    stalled?.status === "True" &&
    (was("Stalled")?.status !== "True" || was("Stalled")?.reason !== stalled.reason)
  ) {
    return [{ type: "Warning", object, reason: stalled.reason, message: stalled.message }];
  }
  if (ready?.status === "True" && (was("Ready")?.status !== "True" || before?.revision !== revision)) {
    return [{ type: "Normal", object, reason: ready.reason, message: ready.message }];
  }
  return [];
}

const challengeFailed = "ChallengeFailed";

/** A module answered a challenge wrong, or not in time, and is taken off its host. */
export function eventOfFailedChallenge(unit: UnitId, problem: Problem): Happened {
  return {
    type: "Warning",
    object: objectRefOfUnit(unit),
    reason: challengeFailed,
    message: problem.message,
  };
}

const find = (conditions: readonly Condition[], type: ConditionType): Condition | undefined =>
  conditions.find((condition) => condition.type === type);

/** What is worth an event in what a batch came to: what was refused, and hosts that do not answer. */
export function eventsOfOutcome(
  host: HostView,
  commands: readonly PlannedCommand[],
  outcome: BatchOutcome,
): Happened[] {
  if (outcome.kind === "unanswered") {
    const object = `Host/${host.id}`;
    return [{ type: "Warning", object, reason: "Unanswered", message: outcome.problem.message }];
  }
  const refused = new Map<string, Happened>();
  outcome.outcomes.forEach((result, at) => {
    const command = commands[at];
    if (result.kind === "ack" || !command) return;
    const object = objectRefOfUnit(unitOf(command));
    // Later commands of a unit are answered with the problem of the first.
    if (refused.has(object)) return;
    const message = `${command.verb} on ${host.id}: ${result.problem.message}`;
    refused.set(object, { type: "Warning", object, reason: "CommandRefused", message });
  });
  return [...refused.values()];
}

/** A host was changed behind the controller's back and is being put right. */
export function eventsOfDrift(host: HostView, commands: readonly PlannedCommand[]): Happened[] {
  const verbs = new Map<string, string[]>();
  for (const command of commands) {
    const object = objectRefOfUnit(unitOf(command));
    verbs.set(object, [...(verbs.get(object) ?? []), command.verb]);
  }
  return [...verbs].map(([object, said]): Happened => {
    const message = `${host.id} was not as it had been: ${said.join(", ")}`;
    return { type: "Warning", object, reason: "DriftCorrected", message };
  });
}

/** Two daemons were given the same name: each takes from the other what the controller says. */
export function contestOf(host: HostId): Happened {
  const message = "two daemons run under its name; each must have a name, a key and a folder of its own";
  return { type: "Warning", object: `Host/${host}`, reason: "TwoDaemons", message };
}
