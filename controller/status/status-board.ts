import type { HostId, Problem, UnitId } from "../../schemas/mod.ts";
import type { Placement } from "../compile/placement.ts";
import { objectRefOfUnit } from "../compile/unit.ts";
import { type HostView, isAway } from "../host.ts";
import type { ObjectRef } from "../objects.ts";
import { conditionsOf, type Judgement, judge, type UnitRow } from "./conditions.ts";
import { isStalled, type ObjectStatus, problemsPerStatusMax } from "./object-status.ts";
import { isSameStatus, type UnitStatus, unitStatuses } from "./unit-status.ts";

/** What the board has to know of an object to judge it. */
export interface ObjectFacts {
  /** Absent while no version of it was ever valid. */
  revision?: string;
  /** Why its newest version is not in force. */
  problems: readonly Problem[];
  placements: readonly Placement[];
  /** Why a module is kept off its host. */
  distrustOf?(placement: Placement): Problem | undefined;
  /** How it stands, where that is not what its units are. */
  own?: Judgement;
  /** A Host with a daemon is judged by whether that is there, too. */
  daemonOf?: { host: HostId; maySleep: boolean };
}

export interface StatusBoardOptions {
  awayAfterMs: number;
  progressDeadlineMs: number;
  /** Whether it is known what ought to be; until then every status stays as it was found. */
  isKnown(): boolean;
  factsOf(object: ObjectRef): ObjectFacts | undefined;
  /** `status` is undefined when the object is gone. */
  onStatus(object: ObjectRef, status: ObjectStatus | undefined, before: ObjectStatus | undefined): void;
}

/** Statuses are judged this long after the first change since the last time: many changes cost one judgement. */
const coalesceMs = 25;
/** For a large fleet that costs much: then less often, so that judging takes a tenth of the time, but not later than this. */
const coalesceMaxMs = 500;
const judgingShare = 1 / 10;
const deadlineCheckMs = 1_000;

/** The status of every object, kept up to date at the cost of what changes. */
export class StatusBoard {
  readonly #options: StatusBoardOptions;
  readonly #units = new Map<HostId, Map<UnitId, UnitStatus>>();
  readonly #away = new Map<HostId, boolean>();
  readonly #statuses = new Map<ObjectRef, ObjectStatus>();
  readonly #dirty = new Set<ObjectRef>();
  readonly #pendingSince = new Map<ObjectRef, number>();
  readonly #deadlines: NodeJS.Timeout;
  #flush: NodeJS.Timeout | undefined;
  #coalesceMs = coalesceMs;

  constructor(options: StatusBoardOptions, known: Iterable<ObjectStatus>) {
    this.#options = options;
    for (const status of known) this.#statuses.set(status.object, status);
    this.#deadlines = setInterval(() => this.#checkDeadlines(), deadlineCheckMs);
    this.#deadlines.unref();
  }

  get(object: ObjectRef): ObjectStatus | undefined {
    return this.#statuses.get(object);
  }

  list(): Iterable<ObjectStatus> {
    return this.#statuses.values();
  }

  /** What one object comes to on each host, in order of its placements. */
  rowsOf(object: ObjectRef): UnitRow[] {
    const facts = this.#options.factsOf(object);
    return facts ? this.#rows(facts) : [];
  }

  /** The object is new, gone, or has changed. */
  touch(object: ObjectRef, options: { isNewVersion: boolean }): void {
    if (options.isNewVersion) this.#pendingSince.delete(object);
    this.#dirty.add(object);
    this.#flush ??= setTimeout(() => this.flush(), this.#coalesceMs);
  }

  /** Takes in what is known of a host now. */
  setHost(host: HostView): void {
    const now = performance.now();
    const before = this.#units.get(host.id) ?? new Map<UnitId, UnitStatus>();
    const after = unitStatuses(host, now, this.#options);
    for (const [id, status] of after) {
      if (!isSameStatus(before.get(id), status)) this.#touchUnit(id);
    }
    for (const id of before.keys()) if (!after.has(id)) this.#touchUnit(id);
    this.#units.set(host.id, after);
    const away = isAway(host, now, this.#options.awayAfterMs);
    if (this.#away.get(host.id) !== away) this.touch(`Host/${host.id}`, { isNewVersion: false });
    this.#away.set(host.id, away);
  }

  /** Judges what has changed, now. */
  flush(): void {
    clearTimeout(this.#flush);
    this.#flush = undefined;
    if (!this.#options.isKnown()) return;
    const startedMs = performance.now();
    for (const object of this.#dirty) this.#judge(object);
    this.#dirty.clear();
    const tookMs = performance.now() - startedMs;
    this.#coalesceMs = Math.min(coalesceMaxMs, Math.max(coalesceMs, tookMs / judgingShare));
  }

  stop(): void {
    clearTimeout(this.#flush);
    clearInterval(this.#deadlines);
  }

  #touchUnit(id: UnitId): void {
    this.touch(objectRefOfUnit(id), { isNewVersion: false });
  }

  #judge(object: ObjectRef): void {
    const before = this.#statuses.get(object);
    const facts = this.#options.factsOf(object);
    if (!facts) {
      this.#pendingSince.delete(object);
      if (this.#statuses.delete(object)) this.#options.onStatus(object, undefined, before);
      return;
    }
    const status = this.#statusOf(object, facts, before);
    if (before && isSame(before, status)) return;
    this.#statuses.set(object, status);
    this.#options.onStatus(object, status, before);
  }

  #statusOf(object: ObjectRef, facts: ObjectFacts, before: ObjectStatus | undefined): ObjectStatus {
    const rows = this.#rows(facts);
    const judgement = judge(rows, {
      problem: facts.problems[0],
      inForce: facts.revision,
      own: facts.own,
      isLate: this.#isLate(object, rows, before),
    });
    const conditions = conditionsOf(judgement, {
      revision: facts.revision ?? "",
      now: new Date().toISOString(),
      before: before?.conditions ?? [],
    });
    const hostProblems = rows.flatMap(({ status }) =>
      "problem" in status && status.problem ? status.problem : [],
    );
    return {
      object,
      ...(facts.revision !== undefined && { revision: facts.revision }),
      hosts: countHosts(rows),
      conditions,
      problems: [...facts.problems, ...hostProblems].slice(0, problemsPerStatusMax),
    };
  }

  #rows({ placements, distrustOf, daemonOf }: ObjectFacts): UnitRow[] {
    const rows = placements.map((placement): UnitRow => {
      const { on, of, desired } = placement;
      const problem = distrustOf?.(placement);
      const status: UnitStatus = problem
        ? { state: "distrusted", problem }
        : (this.#units.get(on)?.get(desired.unit.id) ?? this.#unasked(on));
      return { on, of, unit: desired.unit.id, status };
    });
    if (daemonOf) {
      const isThere = daemonOf.maySleep || this.#away.get(daemonOf.host) === false;
      rows.push({ on: daemonOf.host, of: daemonOf.host, status: { state: isThere ? "ready" : "away" } });
    }
    return rows;
  }

  /** Of a unit that its host is not to have yet: something else has to be seen before. */
  #unasked(host: HostId): UnitStatus {
    return { state: this.#away.get(host) === false ? "pending" : "away" };
  }

  /** Whether nothing has come nearer for too long. */
  #isLate(object: ObjectRef, rows: readonly UnitRow[], before: ObjectStatus | undefined): boolean {
    if (rows.every(({ status }) => status.state === "ready")) {
      this.#pendingSince.delete(object);
      return false;
    }
    const now = performance.now();
    const hasProgressed = before !== undefined && countHosts(rows).ready > before.hosts.ready;
    const since = hasProgressed ? now : (this.#pendingSince.get(object) ?? now);
    this.#pendingSince.set(object, since);
    return now - since >= this.#options.progressDeadlineMs;
  }

  #checkDeadlines(): void {
    const now = performance.now();
    for (const [object, since] of this.#pendingSince) {
      const isLate = now - since >= this.#options.progressDeadlineMs;
      const status = this.#statuses.get(object);
      if (isLate && status && !isStalled(status)) this.touch(object, { isNewVersion: false });
    }
  }
}

function countHosts(rows: readonly UnitRow[]): ObjectStatus["hosts"] {
  const notReady = new Set(rows.flatMap(({ of, status }) => (status.state === "ready" ? [] : of)));
  const desired = new Set(rows.map(({ of }) => of)).size;
  return { desired, ready: desired - notReady.size };
}

function isSame(a: ObjectStatus, b: ObjectStatus): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
