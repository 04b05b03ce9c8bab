import assert from "node:assert";
import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { type Bus, type Command, type CommandOutcome, codecs, subjects } from "../../bus/mod.ts";
import {
  type DesiredUnit,
  type HostId,
  type Layer45UnitSpec,
  problemOf,
  type UnitId,
} from "../../schemas/mod.ts";
import { type HostView, isAway } from "../host.ts";
import { pause } from "../pause.ts";
import type { ControllerTimes } from "../times.ts";
import { makeChallenge } from "./challenge.ts";
import { type Check, type CheckResult, judgeOutcome, noteAsked, noteResult, noteSight } from "./check.ts";
import type { InstanceKeys } from "./instance-keys.ts";

export interface ChallengesOptions {
  bus: Bus;
  instances: InstanceKeys;
  times: ControllerTimes;
  /** The term to ask under; undefined while another controller leads: then nobody is asked. */
  term(): number | undefined;
  hostOf(id: HostId): HostView | undefined;
  onOvertaken(term: number): void;
  onResult(check: Check, result: CheckResult): void;
  onFailed(check: Check, reason: string): void;
}

/** All checks are looked at this often; sooner when more are due than may be asked at once. */
const lookEveryMs = 100;
const lookOnMs = 10;
/** Hosts that are asked at once; of one host, modules in one batch. */
const hostsAskedMax = 32;
const perBatchMax = 50;

/**
 * Asks every module that is to be challenged, when its time has come, for as long as it is seen to be there. What is kept
 * of a module is found out anew by a controller that takes over, which asks all of them at first; nothing waits for an
 * answer, and what goes wrong in between only has a module asked again.
 */
export class Challenges {
  readonly #options: ChallengesOptions;
  /** Hosts whose turn comes next are first. */
  readonly #byHost = new Map<HostId, Map<UnitId, Check>>();
  readonly #asking = new Map<HostId, Promise<void>>();
  readonly #stopped = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;

  constructor(options: ChallengesOptions) {
    this.#options = options;
    // Every question under way listens for the end.
    setMaxListeners(0, this.#stopped.signal);
  }

  get(host: HostId, unit: UnitId): Check | undefined {
    return this.#byHost.get(host)?.get(unit);
  }

  /** How many modules are asked, and how many of them have answered right since this controller asks. */
  count(): { asked: number; answered: number } {
    const checks = [...this.#byHost.values()].flatMap((units) => [...units.values()]);
    return { asked: checks.length, answered: checks.filter(({ passed }) => passed > 0).length };
  }

  /** Something may be known of a host that was not known before. */
  noteHost(host: HostView): void {
    const before = this.#byHost.get(host.id);
    const checks = new Map<UnitId, Check>();
    for (const desired of host.desired) {
      const check = this.#checkOf(host, desired, before?.get(desired.unit.id));
      if (check) checks.set(desired.unit.id, check);
    }
    if (checks.size === 0) {
      if (before) this.#byHost.delete(host.id);
      return;
    }
    this.#byHost.set(host.id, checks);
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs).unref();
  }

  /** Asks those modules now that are there. Resolves when each was asked and has answered, failed, or let the time pass. */
  async askNow(isOf: (unit: UnitId) => boolean): Promise<void> {
    const { commandTimeoutMs } = this.#options.times;
    const asked = [...this.#byHost.values()]
      .flatMap((checks) => [...checks.values()])
      .filter(({ unit, isSeen }) => isSeen && isOf(unit.id))
      .map((check) => ({ check, results: check.results }));
    for (const { check } of asked) check.dueAtMs = performance.now();
    const until = performance.now() + commandTimeoutMs + 2 * lookEveryMs;
    while (asked.some(({ check, results }) => check.results === results) && performance.now() < until)
      await pause(lookEveryMs, this.#stopped.signal);
  }

  /** Resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    await Promise.all(this.#asking.values());
  }

  #checkOf(host: HostView, { unit }: DesiredUnit, before: Check | undefined): Check | undefined {
    if (unit.engine !== "layer45") return undefined;
    const { challengeIntervalMs: intervalMs } = unit.spec as Partial<Layer45UnitSpec>;
    if (intervalMs === undefined) return undefined;
    const now = performance.now();
    const fresh = { host: host.id, unit, intervalMs, isSeen: false, dueAtMs: now, results: 0, passed: 0 };
    const check = before?.unit.digest === unit.digest ? before : fresh;
    noteSight(check, this.#isSeen(host, check), now);
    return check;
  }

  /** Whether the module is there, on a host that is there, and can be expected to answer. */
  #isSeen(host: HostView, { unit }: Check): boolean {
    if (host.isUnheard || isAway(host, performance.now(), this.#options.times.awayAfterMs)) return false;
    const seen = host.report?.units.find(({ id }) => id === unit.id);
    return seen?.digest === unit.digest && !seen.problem;
  }

  #look(): void {
    const { bus, term } = this.#options;
    if (term() === undefined || bus.state === "disconnected") {
      for (const checks of this.#byHost.values()) for (const check of checks.values()) delete check.open;
      return;
    }
    for (const [host, checks] of this.#byHost) {
      if (this.#asking.size >= hostsAskedMax) {
        this.#soon ??= setTimeout(() => this.#lookOn(), lookOnMs).unref();
        return;
      }
      // A daemon does one thing after the other; while it installs something, nobody can tell who is late.
      if (this.#asking.has(host) || this.#options.hostOf(host)?.inFlight) continue;
      const now = performance.now();
      const due = [...checks.values()].filter(({ isSeen, dueAtMs }) => isSeen && dueAtMs <= now);
      if (due.length === 0) continue;
      this.#byHost.delete(host);
      this.#byHost.set(host, checks);
      const asking = this.#ask(host, due.slice(0, perBatchMax)).finally(() => this.#asking.delete(host));
      this.#asking.set(host, asking);
    }
  }

  #lookOn(): void {
    this.#soon = undefined;
    this.#look();
  }

  async #ask(host: HostId, due: readonly Check[]): Promise<void> {
    const { instances, times, onResult, onFailed } = this.#options;
    const asked = due.flatMap((check) => {
      const instance = instances.of(host, check.unit);
      return instance ? [{ check, instance, challenge: makeChallenge(instance) }] : [];
    });
    assert(asked.length === due.length, "what is asked for has an instance of the master secret in use");
    for (const { check } of asked) noteAsked(check, performance.now());
    const outcomes = await this.#send(
      host,
      asked.map(({ check: { unit }, challenge }) => ({
        id: randomUUID(),
        verb: "challenge",
        unit: unit.id,
        digest: unit.digest,
        nonce: challenge.nonce,
      })),
    );
    if (this.#stopped.signal.aborted) return;
    for (const [at, { check, ...question }] of asked.entries()) {
      const outcome = outcomes[at];
      const result: CheckResult = outcome
        ? judgeOutcome(outcome, question)
        : { kind: "unanswered", reason: "its host's reply does not mention it" };
      const failed = noteResult(check, result, { nowMs: performance.now(), random: Math.random(), times });
      onResult(check, result);
      if (failed !== undefined) onFailed(check, failed);
    }
  }

  /** An outcome for each command; of those that the host does not answer, none. */
  async #send(host: HostId, commands: readonly Command[]): Promise<(CommandOutcome | undefined)[]> {
    const { bus, times, term: termOf, onOvertaken } = this.#options;
    const term = termOf();
    if (term === undefined) return [];
    const subject = subjects.command(host);
    try {
      const request = codecs.commandBatch.encode({ host, term, commands: [...commands] });
      const deadline = { timeoutMs: times.commandTimeoutMs, signal: this.#stopped.signal };
      const reply = codecs.commandReply.decode(await bus.request(subject, request, deadline), subject);
      if (reply.term > term) onOvertaken(reply.term);
      const outcomes = new Map(reply.results.map(({ id, outcome }) => [id, outcome]));
      return commands.map(({ id }) => outcomes.get(id));
    } catch (error) {
      return commands.map(() => ({ kind: "nack", problem: problemOf(error) }));
    }
  }
}
