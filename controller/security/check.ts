import type { CommandOutcome } from "../../bus/mod.ts";
import { type HostId, isRetryable, type ProblemCode, type Unit } from "../../schemas/mod.ts";
import { type Challenge, judgeAnswer } from "./challenge.ts";
import type { Instance } from "./instance.ts";

/** How one module on one host does in its challenges. Times ending in `Ms` are of the monotonic clock. */
export interface Check {
  readonly host: HostId;
  readonly unit: Unit;
  readonly intervalMs: number;
  /** Whether it is seen to be there and to work: of what is not, nothing is asked. */
  isSeen: boolean;
  /** When it is asked next: the window of a module that was not asked yet has expired (layer-4.5 §2.1.2). */
  dueAtMs: number;
  /** What it was asked and has not answered: since when, and how often. */
  open?: { sinceMs: number; tries: number };
  /** How often it was asked and something came of it. */
  results: number;
  passed: number;
  /** RFC 3339. */
  lastPassed?: string;
}

export type CheckResult =
  | { kind: "passed" }
  | { kind: "failed"; reason: string }
  /** Nothing was heard, or nothing that would be the module's fault. */
  | { kind: "unanswered"; reason: string };

/** Those say of the host, or of who asks, that there was no answer; all other problems are the module's own. */
const excuses: ReadonlySet<ProblemCode> = new Set([
  "command.stale-term",
  "unit.unknown",
  "unit.digest-mismatch",
  "engine.unavailable",
  "internal",
]);

export function judgeOutcome(
  outcome: CommandOutcome,
  { instance, challenge }: { instance: Instance; challenge: Challenge },
): CheckResult {
  if (outcome.kind === "nack") {
    const { code, message } = outcome.problem;
    const isExcused = isRetryable(outcome.problem) || excuses.has(code);
    return { kind: isExcused ? "unanswered" : "failed", reason: message };
  }
  const judged = judgeAnswer(instance, challenge, outcome.answer ?? "");
  return judged === "right" ? { kind: "passed" } : { kind: "failed", reason: judged.wrong };
}

export interface CheckTimes {
  /** A module on a host that is there answers within this. */
  challengeDeadlineMs: number;
}

/** Of the interval: what is asked at one moment is spread over this part of the next. */
const spread = 0.1;
/** Less often than this nobody is late: the clock may have jumped, or the controller have slept. */
const triesMin = 3;

/** Takes a result in; resolves to why the module failed, when it did. */
export function noteResult(
  check: Check,
  result: CheckResult,
  { nowMs, random, times }: { nowMs: number; random: number; times: CheckTimes },
): string | undefined {
  check.results += 1;
  if (result.kind === "failed") return result.reason;
  if (result.kind === "passed") {
    delete check.open;
    check.passed += 1;
    check.lastPassed = new Date().toISOString();
    check.dueAtMs = nowMs + check.intervalMs * (1 - spread * random);
    return undefined;
  }
  check.dueAtMs = nowMs + times.challengeDeadlineMs / 10;
  // Who is not there any more is not late; when it is back it is asked anew.
  if (!check.open || !check.isSeen) return undefined;
  const lateMs = nowMs - check.open.sinceMs;
  if (lateMs < times.challengeDeadlineMs || check.open.tries < triesMin) return undefined;
  return `no answer within ${Math.round(lateMs)} ms (${result.reason})`;
}

/** Takes in whether the module is seen to be there. */
export function noteSight(check: Check, isSeen: boolean, nowMs: number): void {
  if (check.isSeen === isSeen) return;
  check.isSeen = isSeen;
  delete check.open;
  if (isSeen) check.dueAtMs = nowMs;
}

/** Notes that it is asked now. */
export function noteAsked(check: Check, nowMs: number): void {
  check.open = { sinceMs: check.open?.sinceMs ?? nowMs, tries: (check.open?.tries ?? 0) + 1 };
}
