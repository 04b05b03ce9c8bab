import type { HostReport } from "../bus/mod.ts";
import type { DesiredUnit, HostId, Problem, UnitId } from "../schemas/mod.ts";
import { diff, type PlannedCommand } from "./diff.ts";

/** What the controller knows of one host. Times are of its own monotonic clock, in milliseconds. */
export interface HostView {
  readonly id: HostId;
  desired: readonly DesiredUnit[];
  /** The newest report; absent when the daemon never wrote one. */
  report?: HostReport;
  /** When the daemon was last heard of: a heartbeat, a new report, a reply. */
  seenAtMs?: number;
  /** Not heard of since the bus came back; it may need a moment to come back to it as well. */
  isUnheard?: boolean;
  inFlight: boolean;
  /** Older reports than this one are known not to show everything; nothing is decided by them. */
  awaited?: ReportMark & { untilMs: number };
  /** The term of the last batch it answered, unless one sent since was not: that may be carried out still. */
  provenTerm?: number;
  refusals: Map<UnitId, Refusal>;
  /** Since the last batch that was carried out whole. */
  failure?: { count: number; retryAtMs: number; problem: Problem };
  /** What the last acked batch said, to notice one that has to be said again. */
  lastAcked?: { said: string; atMs: number };
  /** Since when it has had to become what it ought to be. */
  changedAtMs?: number;
  /** What it was seen to be: should it differ from that again, somebody else changed it. */
  settledAs?: readonly DesiredUnit[];
}

/** One report of one start of a daemon. */
export interface ReportMark {
  boot: string;
  sequence: number;
}

/** A daemon's no that trying again will not turn into a yes, until one of the things in `of` changes. */
export interface Refusal {
  of: string;
  problem: Problem;
}

/** What there is to do for a host now. A wait ends at `untilMs`, or when something is heard of the host. */
export type Decision =
  | { kind: "settled" }
  | { kind: "send"; commands: PlannedCommand[] }
  /** The report that was waited for does not come: ask for one. */
  | { kind: "ask" }
  /** "others": what has to go from here has to stay until they are done. */
  | { kind: "wait"; for: "reply" | "host" | "others" }
  | { kind: "wait"; for: "report" | "backoff"; untilMs: number };

/** Whether a unit that is not wanted on a host any more has to stay there for now. */
export type MustStay = (host: HostId, unit: UnitId) => boolean;

/** What a host that its newest report shows as it is would be sent; `left` is what has to stay there for now. */
export function commandsFor(
  host: HostView,
  mustStay: MustStay,
): { commands: PlannedCommand[]; left: number } {
  const all = diff(host.desired, host.report?.units ?? [], heldUnits(host));
  const commands = all.filter((command) => command.verb !== "revoke" || !mustStay(host.id, command.unit));
  return { commands, left: all.length - commands.length };
}

/** `proveTerm`: the host has to have answered under this term, so that nothing sent before can change it any more. */
export function decide(
  host: HostView,
  nowMs: number,
  options: { awayAfterMs: number; proveTerm?: number | undefined; mustStay: MustStay },
): Decision {
  const { report, awaited, failure } = host;
  if (host.inFlight) return { kind: "wait", for: "reply" };
  const isStale = awaited !== undefined;
  if (!isStale && !report)
    return host.desired.length === 0 ? { kind: "settled" } : { kind: "wait", for: "host" };
  const { commands, left } = isStale ? { commands: [], left: 0 } : commandsFor(host, options.mustStay);
  const isProven = options.proveTerm === undefined || host.provenTerm === options.proveTerm;
  if (!isStale && commands.length === 0 && isProven)
    return left > 0 ? { kind: "wait", for: "others" } : { kind: "settled" };
  if (host.isUnheard || isAway(host, nowMs, options.awayAfterMs)) return { kind: "wait", for: "host" };
  if (failure && failure.retryAtMs > nowMs) {
    return { kind: "wait", for: "backoff", untilMs: failure.retryAtMs };
  }
  if (!isStale) return commands.length > 0 ? { kind: "send", commands } : { kind: "ask" };
  return awaited.untilMs > nowMs
    ? { kind: "wait", for: "report", untilMs: awaited.untilMs }
    : { kind: "ask" };
}

export function shows(report: HostReport, mark: ReportMark): boolean {
  return report.boot === mark.boot && report.sequence >= mark.sequence;
}

/** Takes in a report that is newer than the one known. */
export function noteReport(host: HostView, report: HostReport): void {
  // A daemon that has started since will never write what was waited for of the one before.
  if (host.report?.boot !== report.boot && host.awaited?.boot !== report.boot) delete host.awaited;
  if (host.awaited && shows(report, host.awaited)) delete host.awaited;
  host.report = report;
}

/** Somebody who knows says that there is, or will be, a report from which on the host is to be judged. */
export function expectReport(host: HostView, { boot, sequence }: ReportMark, untilMs: number): void {
  if (host.report && shows(host.report, { boot, sequence })) return;
  if (host.awaited && host.awaited.boot === boot && host.awaited.sequence >= sequence) return;
  host.awaited = { boot, sequence, untilMs };
}

/** Whether its newest report shows all that was ever sent to it, by this controller under `term` or by any before. */
export function isProven(
  host: HostView,
  nowMs: number,
  options: { awayAfterMs: number; term: number | undefined },
): boolean {
  if (!host.report || host.inFlight || host.awaited || host.isUnheard) return false;
  if (options.term === undefined || host.provenTerm !== options.term) return false;
  return !isAway(host, nowMs, options.awayAfterMs);
}

export function isAway(host: HostView, nowMs: number, awayAfterMs: number): boolean {
  return host.seenAtMs === undefined || nowMs - host.seenAtMs > awayAfterMs;
}

/** The units whose refusal still stands. */
export function heldUnits(host: HostView): Set<UnitId> {
  const held = new Set<UnitId>();
  if (host.refusals.size === 0) return held;
  const desired = new Map(host.desired.map((unit) => [unit.unit.id, unit]));
  for (const [id, refusal] of host.refusals) {
    if (refusal.of === refusalKey(host.report, desired.get(id))) held.add(id);
  }
  return held;
}

/**
 * All that a daemon's refusal may have depended on: the unit's content, priority and state, the daemon's start, and
 * whether the unit's engine is there.
 */
export function refusalKey(report: HostReport | undefined, unit: DesiredUnit | undefined): string {
  if (!unit) return `absent ${report?.boot}`;
  const engine = report?.capabilities.engines.find(({ engine }) => engine === unit.unit.engine);
  return `${unit.unit.digest} ${unit.priority} ${unit.state} ${report?.boot} ${engine?.available}`;
}
