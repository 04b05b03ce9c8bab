import { isRetryable, type ObservedUnit, type Problem, type UnitId } from "../../schemas/mod.ts";
import { type HostView, heldUnits, isAway } from "../host.ts";

/** How far one unit on one host is from what it ought to be. */
export type UnitStatus =
  | { state: "ready" }
  | { state: "pending"; problem?: Problem }
  | { state: "away" }
  | { state: "refused"; problem: Problem }
  /** It failed its challenge and is kept off the host. */
  | { state: "distrusted"; problem: Problem }
  | { state: "faulted"; problem: Problem };

const ready: UnitStatus = { state: "ready" };
const pending: UnitStatus = { state: "pending" };
const away: UnitStatus = { state: "away" };

/** The status of every unit that a host ought to have. */
export function unitStatuses(
  host: HostView,
  nowMs: number,
  options: { awayAfterMs: number },
): Map<UnitId, UnitStatus> {
  const found = new Map<UnitId, UnitStatus>();
  const isHostAway = !host.report || isAway(host, nowMs, options.awayAfterMs);
  const observed = new Map(host.report?.units.map((unit) => [unit.id, unit]));
  const held = heldUnits(host);
  for (const desired of host.desired) {
    const { id } = desired.unit;
    const is = observed.get(id);
    if (isHostAway) found.set(id, away);
    else if (
      is &&
      is.digest === desired.unit.digest &&
      is.state === desired.state &&
      is.priority === desired.priority
    )
      found.set(id, present(is));
    else if (held.has(id)) found.set(id, { state: "refused", problem: host.refusals.get(id)!.problem });
    else found.set(id, host.failure ? { state: "pending", problem: host.failure.problem } : pending);
  }
  return found;
}

/** A problem that may pass (an engine being started again, a missing interface) is one to wait for. */
function present({ problem }: ObservedUnit): UnitStatus {
  if (!problem) return ready;
  return { state: isRetryable(problem) ? "pending" : "faulted", problem };
}

export function isSameStatus(a: UnitStatus | undefined, b: UnitStatus | undefined): boolean {
  if (a === b) return true;
  if (!a || !b || a.state !== b.state) return false;
  return messageOf(a) === messageOf(b);
}

const messageOf = (status: UnitStatus): string | undefined =>
  "problem" in status ? status.problem?.message : undefined;
