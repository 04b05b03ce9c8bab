import {
  fail,
  type Layer45UnitSpec,
  type ObservedUnit,
  ProblemError,
  type Unit,
  type UnitId,
  type UnitState,
} from "../../schemas/mod.ts";
import type { LoadedUnit } from "../engine.ts";
import { setThreadNice } from "../linux/mod.ts";
import type { EngineLoop, LoopContext } from "../worker/mod.ts";
import { Customization } from "./customization.ts";
import { readInstance } from "./instance.ts";
import { OlderSockets } from "./older-sockets.ts";
import type { Transport } from "./transport.ts";
import { makeTransports, type Protocol } from "./transports.ts";

/** Units whose state is watched (has a deprecated one nothing left to do?) are looked at this often. */
const lookEveryMs = 500;
/**
 * Where the kernel would send a message on at once, on whatever processor it was sent, it waits for this thread: that ought not
 * to stand in line with those who only compute. Whoever may not raise it goes without.
 */
const threadNice = -10;
const none: ReadonlySet<bigint> = new Set();

/** The layer 4.5 engine's side of the worker: customizations, and the transports that bring them messages. */
export class Layer45Loop implements EngineLoop {
  readonly #context: LoopContext;
  readonly #customizations = new Map<UnitId, Customization>();
  readonly #transports: Record<Protocol, Transport>;
  /** What was told of a unit last, in full, and of what others wait for. */
  readonly #told = new Map<UnitId, { report: string; life: string }>();
  #lookDueMs = 0;
  #older: OlderSockets | undefined;

  constructor(context: LoopContext) {
    this.#context = context;
    setThreadNice(threadNice);
    this.#transports = makeTransports(context);
  }

  install(loaded: LoadedUnit): void {
    const { id } = loaded.unit;
    const spec = loaded.unit.spec as Layer45UnitSpec;
    const before = this.#customizations.get(id);
    const made = new Customization(loaded, {
      gate: this.#context.gate(id, spec.limits.timeMs),
      services: {
        nowMs: () => performance.now(),
        log: (text) => this.#context.log.info({ unit: id, text }, "customization says"),
      },
      instance: () => readInstance(loaded.unit, this.#context),
      older: this.#olderThan(loaded.unit, before),
      stopped: () => this.#stopped(made),
    });
    if (before) made.state = before.state;
    this.#customizations.set(id, made);
    try {
      this.#settle(made);
    } catch (error) {
      if (before) this.#customizations.set(id, before);
      else this.#forget(id);
      throw error;
    }
    if (!before) return;
    made.succeed(before);
    if (before.tap.protocol !== made.tap.protocol) this.#settle(before);
  }

  setState(id: UnitId, state: UnitState): void {
    const customization = this.#known(id, "change");
    customization.state = state;
    this.#settle(customization);
  }

  setPriority(id: UnitId, priority: number): void {
    const customization = this.#known(id, "prioritize");
    customization.priority = priority;
    this.#settle(customization);
  }

  challenge(id: UnitId, nonce: string): string {
    const answer = this.#known(id, "challenge").respond(Buffer.from(nonce, "hex"));
    return Buffer.from(answer).toString("hex");
  }

  revoke(id: UnitId): void {
    const customization = this.#customizations.get(id);
    if (!customization) return;
    this.#forget(id);
    this.#told.delete(id);
    this.#letGo(customization);
    this.#settle(customization);
  }

  resume(seen: ObservedUnit): void {
    this.#customizations.get(seen.id)?.resume(seen);
  }

  observe(id: UnitId): ObservedUnit | undefined {
    const customization = this.#customizations.get(id);
    if (!customization) return undefined;
    const seen = customization.observe();
    const losses = this.#transports[customization.tap.protocol].losses?.();
    return losses ? { ...seen, counters: { ...seen.counters, ...losses } } : seen;
  }

  descriptors(): readonly number[] {
    return Object.values(this.#transports).flatMap((transport) => transport.descriptors());
  }

  turn(nowMs: number): number {
    let waitMs = Number.POSITIVE_INFINITY;
    for (const transport of Object.values(this.#transports)) waitMs = Math.min(waitMs, transport.turn(nowMs));
    if (this.#customizations.size === 0) return waitMs;
    if (nowMs >= this.#lookDueMs) this.#look(nowMs);
    return Math.min(waitMs, this.#lookDueMs - nowMs);
  }

  stop(): void {
    for (const transport of Object.values(this.#transports)) transport.stop();
  }

  /** The sockets that a customization which takes only new ones leaves alone: those that were there when it came to be so. */
  #olderThan({ id, spec }: Unit, before?: Customization): ReadonlySet<bigint> {
    const { attach, tap } = spec as Layer45UnitSpec;
    if (attach === "immediate") {
      this.#note((older) => older.forget(id));
      return none;
    }
    if (before?.spec.attach === "new") return before.older;
    const noted = before ? undefined : this.#note((older) => older.recall(id));
    if (noted) return noted;
    const there = this.#transports[tap.protocol].sockets();
    this.#note((older) => older.note(id, there));
    return there;
  }

  #forget(id: UnitId): void {
    this.#customizations.delete(id);
    this.#note((older) => older.forget(id));
  }

  /** What cannot be noted is not known after the next start; the customization works all the same. */
  #note<T>(work: (older: OlderSockets) => T): T | undefined {
    try {
      this.#older ??= new OlderSockets();
      return work(this.#older);
    } catch (error) {
      const reason = (error as Error).message;
      this.#context.log.warn({ reason }, "cannot note which sockets are older than a customization");
      return undefined;
    }
  }

  #known(id: UnitId, verb: string): Customization {
    return this.#customizations.get(id) ?? fail("unit.unknown", { verb, unit: id });
  }

  /** The transport is told what there is now of the customizations that it serves. */
  #settle({ tap: { protocol } }: Customization): void {
    const served = [...this.#customizations.values()].filter(
      ({ tap, problem }) => tap.protocol === protocol && !problem,
    );
    served.sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
    this.#transports[protocol].settle(served);
  }

  /** Its module failed once too often: it is listed with that, and its flows go on without it. */
  #stopped(customization: Customization): void {
    this.#context.log.warn(
      { unit: customization.id, problem: customization.problem },
      "customization stopped",
    );
    this.#letGo(customization);
    this.#context.changed(customization.id);
    try {
      this.#settle(customization);
    } catch (error) {
      // Fewer taps could not be made of many: what is handed over in vain passes as it is.
      if (!(error instanceof ProblemError)) throw error;
      this.#context.log.warn({ problem: error.problem }, "cannot take taps back");
    }
  }

  #letGo(customization: Customization): void {
    for (const { flow } of [...customization.attached]) flow.detach(customization);
  }

  /** Modules whose interval has passed are asked for their numbers; the main thread is told what has changed. */
  #look(nowMs: number): void {
    this.#lookDueMs = nowMs + lookEveryMs;
    for (const customization of this.#customizations.values()) {
      const isDue = nowMs >= customization.reportDueMs;
      if (isDue) {
        customization.reportDueMs = nowMs + customization.spec.monitorIntervalMs;
        customization.takeReport();
      }
      this.#tell(customization, isDue);
    }
  }

  #tell(customization: Customization, isDue: boolean): void {
    const { id } = customization;
    const seen = customization.observe();
    const before = this.#told.get(id);
    const life = JSON.stringify([seen.problem?.code, seen.idle]);
    const report = isDue ? JSON.stringify(seen) : (before?.report ?? "");
    if (before?.life === life && before.report === report) return;
    this.#told.set(id, { report, life });
    this.#context.changed(id);
  }
}
