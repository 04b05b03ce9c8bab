import type { CommandOutcome } from "../bus/mod.ts";
import { isRetryable, type Problem, type ProblemCode, problem } from "../schemas/mod.ts";
import { backoffMs } from "./backoff.ts";
import { type PlannedCommand, unitOf } from "./diff.ts";
import { expectReport, type HostView, type ReportMark, refusalKey } from "./host.ts";
import type { ControllerTimes } from "./times.ts";

/** What came of a batch: an outcome for each command in order, or why there is none. */
export type BatchOutcome =
  | { kind: "answered"; shown?: ReportMark; outcomes: CommandOutcome[] }
  | { kind: "unanswered"; problem: Problem };

export interface ReplyContext {
  /** The daemon's start that the batch was meant for, as far as was known. */
  sentTo: string | undefined;
  /** The term it was sent under. */
  term: number;
  nowMs: number;
  times: ControllerTimes;
  /** Between 0 and 1, for jitter. */
  random: number;
}

/** Problems which say that the controller looked at an older state than the daemon: a newer report tells what to do. */
const staleView: ReadonlySet<ProblemCode> = new Set(["unit.unknown", "unit.digest-mismatch"]);

/**
 * Takes into the view what a batch came to: what to wait for, what is refused for good, what is tried again and when. A
 * batch of no commands was the question for a report.
 */
export function noteOutcome(
  host: HostView,
  commands: readonly PlannedCommand[],
  outcome: BatchOutcome,
  context: ReplyContext,
): void {
  if (outcome.kind === "unanswered") {
    delete host.provenTerm;
    noteFailure(host, outcome.problem, context);
    return;
  }
  if (outcome.shown) {
    delete host.awaited;
    host.provenTerm = context.term;
    host.seenAtMs = context.nowMs;
    const hasStartedSince = host.report?.boot !== context.sentTo && outcome.shown.boot === context.sentTo;
    if (!hasStartedSince) expectReport(host, outcome.shown, context.nowMs + context.times.reportTimeoutMs);
  }
  const desired = new Map(host.desired.map((unit) => [unit.unit.id, unit]));
  let failed: Problem | undefined;
  commands.forEach((command, at) => {
    const result = outcome.outcomes[at];
    if (result?.kind !== "nack") return;
    const id = unitOf(command);
    if (isRetryable(result.problem) || staleView.has(result.problem.code)) failed ??= result.problem;
    else host.refusals.set(id, { of: refusalKey(host.report, desired.get(id)), problem: result.problem });
  });
  if (commands.length === 0) return;
  failed ??= repeated(host, commands, context);
  if (failed) noteFailure(host, failed, context);
  else delete host.failure;
}

function noteFailure(host: HostView, found: Problem, { nowMs, times, random }: ReplyContext): void {
  const count = (host.failure?.count ?? 0) + 1;
  host.failure = { count, retryAtMs: nowMs + backoffMs(count, random, times), problem: found };
}

/**
 * A batch that was acked and has to be said again soon after was undone by somebody, or never done. Saying it again at
 * once would go on for ever.
 */
function repeated(
  host: HostView,
  commands: readonly PlannedCommand[],
  context: ReplyContext,
): Problem | undefined {
  const said = commands.map(fingerprint).join("\n");
  const before = host.lastAcked;
  host.lastAcked = { said, atMs: context.nowMs };
  if (before?.said !== said || context.nowMs - before.atMs > 2 * context.times.backoffMaxMs) return undefined;
  return problem("unit.undone", {
    units: [...new Set(commands.map(unitOf))].slice(0, 5).join(", "),
    host: host.id,
  });
}

function fingerprint(command: PlannedCommand): string {
  const digest = command.verb === "install" ? command.unit.digest : "digest" in command ? command.digest : "";
  const priority = "priority" in command ? command.priority : "";
  return `${command.verb} ${unitOf(command)} ${digest} ${priority}`;
}
