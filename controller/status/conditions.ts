import type { HostId, Problem, UnitId } from "../../schemas/mod.ts";
import type { UnitStatus } from "./unit-status.ts";

export const conditionTypes = ["Ready", "Reconciling", "Stalled"] as const;
export type ConditionType = (typeof conditionTypes)[number];

/** As in Kubernetes (meta/v1 Condition), with the source's revision where that has a generation. */
export interface Condition {
  type: ConditionType;
  status: "True" | "False" | "Unknown";
  /** One word in CamelCase, for programs. */
  reason: string;
  message: string;
  /** When `status` last changed, RFC 3339. */
  lastTransitionTime: string;
  observedRevision: string;
}

/** What an object amounts to now, before it is put in the form of conditions. */
export interface Judgement {
  ready: Verdict;
  reconciling: Verdict;
  stalled: Verdict;
}

interface Verdict {
  status: Condition["status"];
  reason: string;
  message: string;
}

/** One unit of an object, or a Host's own daemon. */
export interface UnitRow {
  on: HostId;
  of: HostId;
  /** Absent for a Host's own daemon. */
  unit?: UnitId;
  status: UnitStatus;
}

const severity = { distrusted: 5, refused: 4, faulted: 3, away: 2, pending: 1, ready: 0 } as const;
const reasons = {
  distrusted: "ChallengeFailed",
  refused: "Refused",
  faulted: "Faulted",
  away: "HostAway",
  pending: "Progressing",
} as const;
const hopeless: ReadonlySet<UnitStatus["state"]> = new Set(["distrusted", "refused", "faulted"]);

/**
 * Ready: everywhere as it ought to be. Reconciling: on its way, and nothing says that it will not arrive. Stalled: it
 * will not arrive by itself: its newest version is invalid, a host refuses it, its program failed or did not pass a challenge, or
 * its time is up.
 * `inForce` is the revision that the version in force came with.
 */
export function judge(
  rows: readonly UnitRow[],
  context: {
    problem: Problem | undefined;
    inForce?: string | undefined;
    isLate: boolean;
    /** How the object itself stands, where that is not what its units are. */
    own?: Judgement | undefined;
  },
): Judgement {
  const { problem, inForce } = context;
  if (problem) {
    const kept = inForce === undefined ? "" : `; as of revision ${inForce.slice(0, 12)} it stays in force`;
    const said = { reason: "Invalid", message: `${problem.message}${kept}` };
    return { ready: { status: "False", ...said }, reconciling: no, stalled: { status: "True", ...said } };
  }
  if (context.own) return context.own;
  const worst = rows.reduce<UnitRow | undefined>(
    (found, row) => (severity[row.status.state] > severity[found?.status.state ?? "ready"] ? row : found),
    undefined,
  );
  if (!worst || worst.status.state === "ready") return { ready: settled(rows), reconciling: no, stalled: no };
  const said = { reason: reasons[worst.status.state], message: describe(rows, worst) };
  const ready: Verdict = { status: "False", ...said };
  const isStalled = context.isLate || hopeless.has(worst.status.state);
  return isStalled
    ? { ready, reconciling: no, stalled: { status: "True", ...said } }
    : { ready, reconciling: { status: "True", ...said }, stalled: no };
}

const no: Verdict = { status: "False", reason: "No", message: "" };

function settled(rows: readonly UnitRow[]): Verdict {
  if (rows.length === 0)
    return { status: "True", reason: "NothingToDo", message: "no host needs anything for it" };
  return { status: "True", reason: "Converged", message: `${rows.length} of ${rows.length} ready` };
}

function describe(rows: readonly UnitRow[], { status, on }: UnitRow): string {
  const alike = rows.filter((row) => row.status.state === status.state).length;
  const more = alike > 1 ? ` (and ${alike - 1} more)` : "";
  const count = rows.filter((row) => row.status.state === "ready").length;
  const of = `${count} of ${rows.length} ready`;
  if (status.state === "away") return `${of}; ${on} sends no heartbeat${more}`;
  if ("problem" in status && status.problem) return `${of}; ${on}: ${status.problem.message}${more}`;
  return `${of}; waiting for ${on}${more}`;
}

/** The conditions of a judgement; a condition whose status stays keeps its time. */
export function conditionsOf(
  judgement: Judgement,
  context: { revision: string; now: string; before: readonly Condition[] },
): Condition[] {
  return conditionTypes.map((type) => {
    const { status, reason, message } = judgement[type.toLowerCase() as keyof Judgement];
    const before = context.before.find((condition) => condition.type === type);
    return {
      type,
      status,
      reason,
      message,
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : context.now,
      observedRevision: context.revision,
    };
  });
}
