import { setMaxListeners } from "node:events";
import type { Bus, HostReport } from "../bus/mod.ts";
import { type DesiredUnit, type HostId, problem } from "../schemas/mod.ts";
import { act, OvertakenError } from "./act.ts";
import type { BlobSender } from "./blobs.ts";
import { BootWatch } from "./boot-watch.ts";
import type { PlannedCommand } from "./diff.ts";
import {
  decide,
  expectReport,
  type HostView,
  isAway,
  isProven,
  type MustStay,
  noteReport,
  type ReportMark,
} from "./host.ts";
import { type BatchOutcome, noteOutcome } from "./reply.ts";
import type { InstanceKeys } from "./security/instance-keys.ts";
import { type ControllerTimes, hostsInFlightMax } from "./times.ts";

export interface FleetOptions {
  bus: Bus;
  blobs: BlobSender;
  instances: InstanceKeys;
  times: ControllerTimes;
  /** The term to act under; undefined while another controller leads: then nothing is sent. */
  term(): number | undefined;
  onOvertaken(term: number): void;
  /** Whether it has to be certain that nothing sent to the host before can change it any more. */
  mustProve(host: HostId): boolean;
  mustStay: MustStay;
  /** A host, or what is known of it, has changed in a way that may change the status of its units. */
  onHost(host: HostView): void;
  onOutcome(host: HostView, commands: readonly PlannedCommand[], outcome: BatchOutcome, tookMs: number): void;
  /** A host is what it ought to be, so long after that changed. */
  onSettled(host: HostView, afterMs: number): void;
  /** A host that was what it ought to be is not any more, though nothing else was asked of it. */
  onDrift(host: HostView, commands: readonly PlannedCommand[]): void;
  onPresence(host: HostView, isThere: boolean): void;
  /** Two daemons speak for one host. */
  onContest(host: HostId): void;
}

/**
 * Brings every host to what it ought to be, by deciding anew about a host whenever something is known of it that was not
 * known before. At most one batch is under way to a host, and a limited number over all; a pass over a fleet of which
 * nothing changed costs nothing.
 */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #hosts = new Map<HostId, HostView>();
  readonly #dirty = new Set<HostId>();
  /** There is something to send to them, and too much under way already. */
  readonly #queued = new Set<HostId>();
  readonly #timers = new Map<HostId, NodeJS.Timeout>();
  /** Hosts that are there, the one longest not heard of first. */
  readonly #there = new Map<HostId, HostView>();
  readonly #boots = new BootWatch();
  readonly #presenceTimer: NodeJS.Timeout;
  readonly #stopListening: () => void;
  readonly #stopped = new AbortController();
  readonly #acting = new Set<Promise<void>>();
  #isPumpDue = false;

  constructor(options: FleetOptions) {
    this.#options = options;
    // Every batch under way listens for the end.
    setMaxListeners(0, this.#stopped.signal);
    this.#presenceTimer = setInterval(() => this.#missHosts(), Math.max(10, options.times.awayAfterMs / 10));
    this.#presenceTimer.unref();
    this.#stopListening = options.bus.onState((state) => state === "connected" && this.#onReconnected());
  }

  hosts(): Iterable<HostView> {
    return this.#hosts.values();
  }

  host(id: HostId): HostView | undefined {
    return this.#hosts.get(id);
  }

  /** How many hosts are there, and how many are not. */
  presence(): { there: number; away: number } {
    return { there: this.#there.size, away: this.#hosts.size - this.#there.size };
  }

  isThere(id: HostId): boolean {
    return this.#there.has(id);
  }

  setDesired(id: HostId, desired: readonly DesiredUnit[]): void {
    const host = this.#view(id);
    host.desired = desired;
    host.changedAtMs = performance.now();
    this.touch(id);
  }

  /** Whether what is seen of a host is all that was ever sent to it. */
  isProven(host: HostView): boolean {
    const { times, term } = this.#options;
    return isProven(host, performance.now(), { ...times, term: term() });
  }

  noteReport(report: HostReport, isNew: boolean): void {
    const host = this.#view(report.host);
    noteReport(host, report);
    // A report from before this controller started says nothing of whether the daemon is there now, but it is worth
    // trying for as long as a heartbeat may take.
    if (isNew || host.seenAtMs === undefined) this.#seen(host);
    if (isNew) this.#noteBoot(report.host, report.boot);
    this.touch(host.id);
  }

  noteHeartbeat(id: HostId, mark: ReportMark): void {
    const host = this.#view(id);
    this.#noteBoot(id, mark.boot);
    const wasExpecting = host.awaited !== undefined;
    expectReport(host, mark, performance.now() + this.#options.times.reportTimeoutMs);
    if (this.#seen(host) || (!wasExpecting && host.awaited)) this.touch(id);
  }

  /** Has the host decided about anew. */
  touch(id: HostId): void {
    this.#dirty.add(id);
    this.#pumpSoon();
  }

  touchAll(): void {
    for (const id of this.#hosts.keys()) this.touch(id);
  }

  /** Resolves when every host that was touched has been looked at. */
  async looked(): Promise<void> {
    while (this.#isPumpDue) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Lets go of everything; resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    clearInterval(this.#presenceTimer);
    this.#stopListening();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#acting);
  }

  #view(id: HostId): HostView {
    let host = this.#hosts.get(id);
    if (!host) {
      host = { id, desired: [], inFlight: false, refusals: new Map() };
      this.#hosts.set(id, host);
    }
    return host;
  }

  #pumpSoon(): void {
    if (this.#isPumpDue) return;
    this.#isPumpDue = true;
    setImmediate(() => this.#pump());
  }

  #pump(): void {
    this.#isPumpDue = false;
    if (this.#stopped.signal.aborted) return;
    for (const id of this.#dirty) {
      this.#dirty.delete(id);
      this.#advance(this.#view(id));
    }
    for (const id of this.#queued) {
      if (this.#acting.size >= hostsInFlightMax) return;
      this.#advance(this.#view(id));
    }
  }

  #advance(host: HostView): void {
    clearTimeout(this.#timers.get(host.id));
    this.#queued.delete(host.id);
    const now = performance.now();
    const term = this.#options.term();
    const { times, mustProve, mustStay } = this.#options;
    const proveTerm = mustProve(host.id) ? term : undefined;
    const decision = decide(host, now, { ...times, proveTerm, mustStay });
    this.#options.onHost(host);
    if (decision.kind === "wait" && "untilMs" in decision) this.#wakeAt(host.id, decision.untilMs - now);
    if (decision.kind === "settled") this.#settle(host, now);
    if (term === undefined || this.#options.bus.state === "disconnected") return;
    if (decision.kind !== "send" && decision.kind !== "ask") return;
    const commands = decision.kind === "send" ? decision.commands : [];
    if (this.#acting.size >= hostsInFlightMax) this.#queued.add(host.id);
    else this.#start(this.#exchange(host, commands, term));
  }

  #settle(host: HostView, now: number): void {
    host.settledAs = host.desired;
    if (host.changedAtMs !== undefined) this.#options.onSettled(host, now - host.changedAtMs);
    delete host.changedAtMs;
    // A host that never reported and of which nothing is wanted any more needs not be remembered.
    if (host.desired.length === 0 && !host.report && !this.#there.has(host.id)) {
      this.#hosts.delete(host.id);
      this.#boots.forget(host.id);
    }
  }

  #wakeAt(id: HostId, afterMs: number): void {
    this.#timers.set(
      id,
      setTimeout(() => this.touch(id), Math.max(1, afterMs)),
    );
  }

  #start(work: Promise<void>): void {
    const tracked = work.finally(() => {
      this.#acting.delete(tracked);
      this.#pumpSoon();
    });
    this.#acting.add(tracked);
  }

  /** Sends commands, or asks for a report when there are none; what comes of it is noted in the view. */
  async #exchange(host: HostView, commands: PlannedCommand[], term: number): Promise<void> {
    const { bus, blobs, instances, times, onOutcome, onOvertaken, onDrift } = this.#options;
    const startedAt = performance.now();
    if (commands.length > 0 && host.settledAs === host.desired) onDrift(host, commands);
    if (commands.length > 0) delete host.settledAs;
    const sentTo = host.report?.boot;
    const context = {
      bus,
      blobs,
      instances,
      term,
      timeoutMs: times.commandTimeoutMs,
      signal: this.#stopped.signal,
    };
    const note = (outcome: BatchOutcome): void => {
      noteOutcome(host, commands, outcome, {
        nowMs: performance.now(),
        times,
        random: Math.random(),
        sentTo,
        term,
      });
      onOutcome(host, commands, outcome, performance.now() - startedAt);
    };
    host.inFlight = true;
    try {
      note(await act(host.id, commands, context));
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      if (!(error instanceof OvertakenError)) throw error;
      // Should we go on to lead, a daemon that makes up terms must not be asked for ever without a pause.
      note({ kind: "unanswered", problem: problem("command.stale-term", { term, current: error.term }) });
      onOvertaken(error.term);
    } finally {
      host.inFlight = false;
      this.touch(host.id);
    }
  }

  /** Returns whether the host is back: it was away, or the bus was. */
  #seen(host: HostView): boolean {
    const wasUnheard = host.isUnheard === true;
    delete host.isUnheard;
    host.seenAtMs = performance.now();
    const isBack = !this.#there.delete(host.id);
    this.#there.set(host.id, host);
    if (!isBack) return wasUnheard;
    // What failed while it was away says nothing of now.
    delete host.failure;
    this.#options.onPresence(host, true);
    return true;
  }

  /** Silence and failures while the bus was gone say nothing of the hosts. */
  #onReconnected(): void {
    for (const host of this.#there.values()) {
      host.seenAtMs = performance.now();
      host.isUnheard = true;
    }
    for (const host of this.#hosts.values()) delete host.failure;
  }

  #noteBoot(id: HostId, boot: string): void {
    if (this.#boots.note(id, boot)) this.#options.onContest(id);
  }

  #missHosts(): void {
    if (this.#options.bus.state === "disconnected") return;
    const now = performance.now();
    for (const [id, host] of this.#there) {
      if (!isAway(host, now, this.#options.times.awayAfterMs)) return;
      this.#there.delete(id);
      this.#options.onPresence(host, false);
      this.touch(id);
    }
  }
}
