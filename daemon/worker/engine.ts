import { setTimeout as delay } from "node:timers/promises";
import {
  type EngineCapability,
  type EngineName,
  type HostId,
  isRetryable,
  type ObservedUnit,
  type Problem,
  ProblemError,
  problem,
  type UnitId,
  type UnitState,
} from "../../schemas/mod.ts";
import type { Engine, EngineContext, LoadedUnit } from "../engine.ts";
import type { Request, Sight } from "./messages.ts";
import { type ThreadEnd, WorkerThread } from "./thread.ts";

/** A verb is tried on this many threads, when other units' guests end the thread under it. */
const threadsPerVerbMax = 3;
/** A thread that ends without a guest to blame is started again after this long, doubled each time up to the most. */
const restartMs = { first: 100, most: 30_000 } as const;
/** A thread that lived this long starts the doubling anew. */
const soundLifeMs = 60_000;

export interface WorkerEngineOptions {
  name: EngineName;
  /** The worker's compiled script: `new URL("./worker.js", import.meta.url)`; it calls `runEngineLoop`. */
  script: URL;
  /** What this host lets the engine do; cheap. */
  capability(): Promise<EngineCapability>;
  /** Handed to the loop as `context.data`; structured-cloned. */
  data?: unknown;
}

/** What is known of a unit on the main thread: enough to put it back into a new thread. */
interface KnownUnit {
  loaded: LoadedUnit;
  state: UnitState;
  /** Number of this installation, which the watchdog finds in shared memory. */
  ordinal: number;
  /** What the worker says; undefined: it is not there. */
  seen: ObservedUnit | undefined;
  /** What keeps it out of the worker: its guest was stopped, or a new thread refused it. */
  problem: Problem | undefined;
}

/**
 * The main thread's side of an engine whose loop runs in a worker thread: an `Engine` that passes verbs to the worker's
 * `EngineLoop`, ends the thread when a guest overruns its limit, and starts another with every other unit, its state
 * and priority, and the hosts that sleep. A unit so stopped stays listed with `unit.faulted` until another version is
 * installed.
 */
export function workerEngine(options: WorkerEngineOptions): Engine {
  return new WorkerEngine(options);
}

class WorkerEngine implements Engine {
  readonly name: EngineName;
  readonly #options: WorkerEngineOptions;
  readonly #units = new Map<UnitId, KnownUnit>();
  readonly #asleep = new Set<HostId>();
  #context: EngineContext | undefined;
  #thread: WorkerThread | undefined;
  #threadProblem: Problem | undefined;
  #restartMs: number = restartMs.first;
  #bornAtMs = 0;
  #ordinals = 0;
  #last: Promise<unknown> = Promise.resolve();
  readonly #stopped = new AbortController();

  constructor(options: WorkerEngineOptions) {
    this.#options = options;
    this.name = options.name;
  }

  capability(): Promise<EngineCapability> {
    return this.#options.capability();
  }

  start(context: EngineContext): Promise<void> {
    this.#context = context;
    return this.#alone(async () => {
      const failed = await this.#startThread();
      if (failed) throw new ProblemError(failed.problem);
    });
  }

  install(given: LoadedUnit): Promise<void> {
    return this.#alone(async () => {
      const loaded = withoutPrivate(given);
      const { id } = loaded.unit;
      const before = this.#units.get(id);
      const state = before?.state ?? "installed";
      const ordinal = ++this.#ordinals;
      const unit: KnownUnit = {
        loaded: withoutPrivate(loaded),
        state,
        ordinal,
        seen: undefined,
        problem: loaded.faulted,
      };
      const sights = unit.problem ? [] : (await this.#ask({ verb: "install", loaded, ordinal })).sights;
      this.#units.set(id, unit);
      this.#see(sights);
      // The version before it was not in the worker, so the worker does not know what state to keep.
      if (before?.problem && !unit.problem && state !== "installed") {
        await this.#tell({ verb: "setState", unit: id, state });
      }
    });
  }

  setState(id: UnitId, state: UnitState): Promise<void> {
    return this.#alone(async () => {
      const unit = this.#known(id, "change");
      if (!unit.problem) await this.#tell({ verb: "setState", unit: id, state });
      unit.state = state;
    });
  }

  setPriority(id: UnitId, priority: number): Promise<void> {
    return this.#alone(async () => {
      const unit = this.#known(id, "prioritize");
      if (!unit.problem) await this.#tell({ verb: "setPriority", unit: id, priority });
      unit.loaded = { ...unit.loaded, priority };
    });
  }

  revoke(id: UnitId): Promise<void> {
    return this.#alone(async () => {
      const unit = this.#units.get(id);
      if (!unit) return;
      if (!unit.problem) await this.#tell({ verb: "revoke", unit: id });
      this.#units.delete(id);
    });
  }

  challenge(id: UnitId, nonce: string): Promise<string> {
    return this.#alone(async () => {
      const unit = this.#known(id, "challenge");
      if (unit.problem) throw new ProblemError(unit.problem);
      try {
        return (await this.#ask({ verb: "challenge", unit: id, nonce })).answer;
      } catch (error) {
        // The new thread, which does not have it, was asked after the guest was stopped over its answer.
        if (unit.problem) throw new ProblemError(unit.problem);
        throw error;
      }
    });
  }

  power(host: HostId, state: "asleep" | "awake"): Promise<void> {
    return this.#alone(async () => {
      await this.#tell({ verb: "power", host, state });
      this.#rememberPower(host, state);
    });
  }

  observe(): ObservedUnit[] {
    const observed: ObservedUnit[] = [];
    for (const unit of this.#units.values()) {
      const found = unit.problem ?? this.#threadProblem;
      if (found) observed.push({ ...asked(unit), problem: found });
      else if (unit.seen) observed.push(unit.seen);
    }
    return observed;
  }

  refresh(): Promise<void> {
    return this.#alone(async () => {
      if (!this.#thread) return;
      const end = await this.#retryRefused(this.#thread);
      if (end) await this.#replaceThread(end);
      else await this.#tell({ verb: "observe" });
    });
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#alone(async () => {
      await this.#thread?.stop();
      this.#thread = undefined;
    });
  }

  #rememberPower(host: HostId, state: "asleep" | "awake"): void {
    if (state === "asleep") this.#asleep.add(host);
    else this.#asleep.delete(host);
  }

  #known(id: UnitId, verb: string): KnownUnit {
    const unit = this.#units.get(id);
    if (!unit) throw new ProblemError(problem("unit.unknown", { verb, unit: id }));
    return unit;
  }

  /** One at a time: verbs, and the coming back of a thread that ended. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #tell(request: Request): Promise<void> {
    this.#see((await this.#ask(request)).sights);
  }

  /** Has the worker do it; where the thread ends meanwhile for another unit's fault, the next thread has to. */
  async #ask(request: Request): Promise<{ answer: string; sights: Sight[] }> {
    for (let tried = 0; tried < threadsPerVerbMax && this.#thread; tried++) {
      const outcome = await this.#thread.request(request);
      if (outcome.kind === "done") return outcome;
      if (outcome.kind === "refused") {
        this.#see(outcome.sights);
        throw new ProblemError(outcome.problem);
      }
      await this.#replaceThread(outcome.end, request);
    }
    const reason = "its thread was ended again and again";
    throw new ProblemError(this.#threadProblem ?? problem("engine.crashed", { engine: this.name, reason }));
  }

  #see(sights: Sight[]): void {
    for (const { id, seen } of sights) {
      const unit = this.#units.get(id);
      if (unit) unit.seen = seen;
    }
  }

  /** Starts a thread in place of one that ended, without the unit that is to blame; later, when none is. */
  async #replaceThread(ended: ThreadEnd, request?: Request): Promise<void> {
    this.#thread = undefined;
    let refused: Problem | undefined;
    let end: ThreadEnd | undefined = ended;
    // Each pass takes one more unit out, so there is an end to it.
    while (end && end.ordinal !== undefined && !this.#stopped.signal.aborted) {
      const { ordinal } = end;
      if (request?.verb === "install" && request.ordinal === ordinal) {
        refused = faulted(request.loaded.unit.id, end.problem);
      } else if (!this.#putAside(ordinal, end.problem)) break;
      end = await this.#startThread();
    }
    if (end) this.#restartLater(end);
    this.#context?.changed();
    if (refused) throw new ProblemError(refused);
  }

  #putAside(ordinal: number, reason: Problem): boolean {
    for (const unit of this.#units.values()) {
      if (unit.ordinal !== ordinal || unit.problem) continue;
      unit.problem = faulted(unit.loaded.unit.id, reason);
      unit.seen = undefined;
      this.#context?.log.error({ unit: unit.loaded.unit.id, problem: unit.problem }, "unit stopped");
      return true;
    }
    return false;
  }

  #restartLater(end: ThreadEnd): void {
    if (this.#stopped.signal.aborted) return;
    this.#threadProblem = end.problem;
    if (performance.now() - this.#bornAtMs > soundLifeMs) this.#restartMs = restartMs.first;
    const waitMs = this.#restartMs;
    this.#restartMs = Math.min(waitMs * 2, restartMs.most);
    this.#context?.log.error({ engine: this.name, problem: end.problem, waitMs }, "engine ended");
    delay(waitMs, undefined, { ref: false, signal: this.#stopped.signal }).then(
      () => this.#alone(() => this.#restart()),
      () => undefined, // Stopped meanwhile.
    );
  }

  async #restart(): Promise<void> {
    if (this.#thread || this.#stopped.signal.aborted) return;
    const end = await this.#startThread();
    if (end) await this.#replaceThread(end);
    else this.#context?.changed();
  }

  /** Resolves to how the thread ended, when it does not come up with all its units. */
  async #startThread(): Promise<ThreadEnd | undefined> {
    const context = this.#context;
    if (!context) throw new Error("an engine is started before it is used");
    const thread = new WorkerThread({
      engine: this.name,
      script: this.#options.script,
      data: this.#options.data,
      log: context.log,
      secret: context.secret,
      artifact: context.artifact,
      changed: (sights) => {
        this.#see(sights);
        context.changed();
      },
      powered: (host, state) => {
        this.#rememberPower(host, state);
        context.powered(host, state);
      },
    });
    this.#bornAtMs = performance.now();
    const end = (await thread.ready()) ?? (await this.#restore(thread));
    if (end) return end;
    this.#thread = thread;
    this.#threadProblem = undefined;
    void thread.ended.then((later) =>
      this.#alone(async () => {
        if (this.#thread === thread) await this.#replaceThread(later);
      }),
    );
    return undefined;
  }

  /** Puts every unit back, first the ones that come first, and intercepts for the hosts that sleep. */
  async #restore(thread: WorkerThread): Promise<ThreadEnd | undefined> {
    for (const unit of [...this.#units.values()].sort(byPriority)) {
      if (unit.problem?.code === "unit.faulted") continue;
      const end = await this.#restoreUnit(thread, unit);
      if (end) return end;
    }
    return this.#restorePower(thread);
  }

  async #restoreUnit(thread: WorkerThread, unit: KnownUnit): Promise<ThreadEnd | undefined> {
    const { loaded, ordinal, state, seen } = unit;
    unit.problem = undefined;
    let outcome = await thread.request({ verb: "install", loaded, ordinal, ...(seen && { seen }) });
    if (outcome.kind === "done" && state !== "installed") {
      outcome = await thread.request({ verb: "setState", unit: loaded.unit.id, state });
    }
    if (outcome.kind === "ended") return outcome.end;
    this.#see(outcome.sights);
    if (outcome.kind === "refused") unit.problem = outcome.problem;
    return undefined;
  }

  async #restorePower(thread: WorkerThread): Promise<ThreadEnd | undefined> {
    for (const host of this.#asleep) {
      const outcome = await thread.request({ verb: "power", host, state: "asleep" });
      if (outcome.kind === "ended") return outcome.end;
      if (outcome.kind === "refused") {
        this.#context?.log.error({ host, problem: outcome.problem }, "cannot stand in again");
      }
    }
    return undefined;
  }

  /** Units that a new thread refused for a reason that may have passed. */
  async #retryRefused(thread: WorkerThread): Promise<ThreadEnd | undefined> {
    const refused = [...this.#units.values()].filter(({ problem: found }) => found && isRetryable(found));
    for (const unit of refused) {
      const end = await this.#restoreUnit(thread, unit);
      if (end) return end;
    }
    return refused.some(({ problem: found }) => !found) ? this.#restorePower(thread) : undefined;
  }
}

/** The unit as it was asked for, where the worker cannot be asked what there is. */
function asked({ loaded, state }: KnownUnit): ObservedUnit {
  const { id, engine, digest } = loaded.unit;
  return { id, engine, digest, priority: loaded.priority, state };
}

/** A key is to lie about nowhere: the loop reads private artifacts when a guest of its needs them. */
function withoutPrivate(loaded: LoadedUnit): LoadedUnit {
  const names = new Set(loaded.unit.artifacts.filter((artifact) => artifact.private).map(({ name }) => name));
  if (names.size === 0) return loaded;
  return { ...loaded, artifacts: new Map([...loaded.artifacts].filter(([name]) => !names.has(name))) };
}

function faulted(unit: UnitId, reason: Problem): Problem {
  const text = reason.code === "engine.crashed" ? String(reason.data.reason) : reason.message;
  return problem("unit.faulted", { unit, reason: text });
}

function byPriority(a: KnownUnit, b: KnownUnit): number {
  return a.loaded.priority - b.loaded.priority || (a.loaded.unit.id < b.loaded.unit.id ? -1 : 1);
}
