import { type Command, type CommandOutcome, limits } from "../bus/mod.ts";
import {
  type Digest,
  type ObservedUnit,
  type Problem,
  ProblemError,
  problem,
  problemOf,
  type Unit,
  type UnitId,
} from "../schemas/mod.ts";
import { loadArtifacts } from "./artifacts.ts";
import { checkUnit } from "./check-unit.ts";
import type { CommandHandlerOptions } from "./command-handler.ts";
import { decide, type Step, unitOf } from "./decide.ts";
import { sleeperHost } from "./power.ts";
import type { StoredUnit } from "./store/unit-file.ts";
import { unpermittedUnits } from "./subscription.ts";

/** One batch under way. */
export class BatchRun {
  readonly outcomes: CommandOutcome[] = [];
  changed = false;
  readonly #options: CommandHandlerOptions;
  readonly #unfetched: ReadonlyMap<Digest, Problem>;
  /** As the engines had it when the batch came; whatever the batch itself changes shows in the store. */
  readonly #observed: Map<UnitId, ObservedUnit>;
  readonly #failed = new Map<UnitId, Problem>();

  constructor(options: CommandHandlerOptions, unfetched: ReadonlyMap<Digest, Problem>) {
    this.#options = options;
    this.#unfetched = unfetched;
    this.#observed = new Map(options.engines.observe().map((unit) => [unit.id, unit]));
  }

  async carryOut(command: Command): Promise<void> {
    const unit = unitOf(command);
    const earlier = unit === undefined ? undefined : this.#failed.get(unit);
    const outcome = earlier ? nack(earlier) : await this.#attempt(command, unit);
    if (outcome.kind === "nack" && unit !== undefined) this.#failed.set(unit, outcome.problem);
    this.outcomes.push(outcome);
  }

  /** What hosts had subscribed by themselves, and their declarations allow no more, goes with the batch that changed those. */
  async dropUnpermitted(): Promise<void> {
    const { store, log } = this.#options;
    for (const id of unpermittedUnits(store.units)) {
      try {
        await this.#revoke(store.units.get(id) as StoredUnit);
        store.delete(id);
        this.changed = true;
      } catch (error) {
        // It is tried again with the next batch.
        log.error({ unit: id, problem: problemOf(error) }, "host's own rule not removed");
      }
    }
  }

  async #attempt(command: Command, unit: UnitId | undefined): Promise<CommandOutcome> {
    const known = {
      stored: unit === undefined ? undefined : this.#options.store.units.get(unit),
      observed: unit === undefined ? undefined : this.#observed.get(unit),
    };
    try {
      return await this.#perform(decide(command, known));
    } catch (error) {
      const found = problemOf(error);
      // Not the command itself: it may enclose what nobody else is to know.
      if (found.code === "internal") {
        this.#options.log.error({ verb: command.verb, unit, problem: found }, "command failed");
      }
      return nack(found);
    }
  }

  async #perform(step: Step): Promise<CommandOutcome> {
    const { engines, store, refused } = this.#options;
    switch (step.kind) {
      case "ack":
        return { kind: "ack" };
      case "nack":
        return step;
      case "report":
        await engines.refresh();
        this.changed = true;
        return { kind: "ack" };
      case "install":
        await this.#install(step);
        return { kind: "ack" };
      case "challenge": {
        const { engine, id } = step.stored.unit;
        return { kind: "ack", answer: await engines.challenge(engine, id, step.nonce) };
      }
      case "state":
        if (!refused.has(step.stored.unit.id)) {
          await engines.setState(step.stored.unit.engine, step.stored.unit.id, step.state);
        }
        this.#amend(step.stored, { state: step.state });
        return { kind: "ack" };
      case "priority":
        if (!refused.has(step.stored.unit.id)) {
          await engines.setPriority(step.stored.unit.engine, step.stored.unit.id, step.priority);
        }
        this.#amend(step.stored, { priority: step.priority });
        return { kind: "ack" };
      case "revoke":
        await this.#revoke(step.stored);
        store.delete(step.stored.unit.id);
        this.changed = true;
        return { kind: "ack" };
    }
  }

  async #install({ unit, priority, state, lost, before }: Step & { kind: "install" }): Promise<void> {
    const { engines, store, refused } = this.#options;
    const invalid = checkUnit(unit);
    if (invalid) throw new ProblemError(invalid);
    if (!store.units.has(unit.id) && store.units.size >= limits.unitsPerHostMax) {
      throw new ProblemError(problem("unit.too-many", { unit: unit.id, unitsMax: limits.unitsPerHostMax }));
    }
    engines.require(unit.engine);
    const artifacts = await this.#artifactsOf(unit);
    // The same version anew does not clear what it was stopped for.
    const kept = store.units.get(unit.id);
    const fault = kept?.unit.digest === unit.digest ? kept.fault : undefined;
    await engines.install({ unit, priority, artifacts, ...(fault && { faulted: fault }) });
    if (lost) await engines.setState(unit.engine, unit.id, state);
    if (before) await engines.revoke(before, unit.id);
    refused.delete(unit.id);
    this.#keep({ unit, priority, state, ...(fault && { fault }) });
  }

  async #artifactsOf(unit: Unit): Promise<Map<string, Uint8Array>> {
    for (const { digest } of unit.artifacts) {
      const found = this.#unfetched.get(digest);
      if (found) throw new ProblemError(found);
    }
    const loaded = await loadArtifacts(unit, this.#options.store.blobs);
    if (!(loaded instanceof Map)) throw new ProblemError(loaded);
    for (const { name, bytes } of unit.artifacts) {
      const is = loaded.get(name)?.length;
      if (is === bytes) continue;
      const reason = `artifact "${name}" has ${is} bytes; it was announced with ${bytes}`;
      throw new ProblemError(problem("unit.invalid", { unit: unit.id, reason }));
    }
    return loaded;
  }

  async #revoke({ unit }: StoredUnit): Promise<void> {
    const { engines, store, refused } = this.#options;
    const host = sleeperHost(unit);
    await engines.revoke(unit.engine, unit.id);
    if (host !== undefined && store.asleep.has(host)) {
      // Whoever is no longer stood in for is no longer asleep to us; told sooner, the engine would not wake it.
      if (!refused.has(unit.id)) await engines.power(unit.engine, host, "awake");
      store.setPower(host, "awake");
    }
    refused.delete(unit.id);
  }

  /** A fault may have been kept while the engine was at work. */
  #amend(stored: StoredUnit, change: Partial<StoredUnit>): void {
    this.#keep({ ...(this.#options.store.units.get(stored.unit.id) ?? stored), ...change });
  }

  #keep(stored: StoredUnit): void {
    this.#options.store.set(stored);
    this.changed = true;
  }
}

function nack(found: Problem): CommandOutcome {
  return { kind: "nack", problem: found };
}
