import { type BlobStore, type Command, type CommandBatch, type CommandOutcome, limits } from "../bus/mod.ts";
import {
  type Digest,
  type HostId,
  type ObservedUnit,
  type Problem,
  ProblemError,
  problem,
  problemOf,
  type UnitId,
  unitDigest,
} from "../schemas/mod.ts";
import { fetchArtifacts, loadArtifacts } from "./artifacts.ts";
import { decide, type Step, unitOf } from "./decide.ts";
import type { Log } from "./engine.ts";
import type { EngineSet } from "./engine-set.ts";
import { sleeperHost } from "./power.ts";
import { isUnitId, type StoredUnit } from "./store/unit-file.ts";
import type { UnitStore } from "./store/unit-store.ts";

const unitBytesMax = 1024 * 1024;
const artifactsPerUnitMax = 16;

export interface CommandHandlerOptions {
  host: HostId;
  store: UnitStore;
  engines: EngineSet;
  blobs: BlobStore;
  log: Log;
  /** Units that are kept and that their engine refused, with its problem; a unit that works leaves it. */
  refused: Map<UnitId, Problem>;
  /** Told of each command once it is answered. */
  answered(command: Command, outcome: CommandOutcome): void;
}

export interface BatchResult {
  results: { id: string; outcome: CommandOutcome }[];
  /** Something changed, or a report was asked for. */
  changed: boolean;
}

/**
 * Carries batches out, one at a time (its caller sees to that), each command in order. What is acked is on disk. A
 * command that fails leaves its unit as it was, and answers the later ones of the same unit with its problem.
 */
export class CommandHandler {
  readonly #options: CommandHandlerOptions;

  constructor(options: CommandHandlerOptions) {
    this.#options = options;
  }

  async handle(batch: CommandBatch): Promise<BatchResult> {
    const { store } = this.#options;
    if (batch.term < store.term) {
      const stale = problem("command.stale-term", { term: batch.term, current: store.term });
      return refuseAll(batch, stale);
    }
    store.setTerm(batch.term);
    try {
      await store.flush();
    } catch (error) {
      return refuseAll(batch, problemOf(error));
    }
    const run = new BatchRun(this.#options, await this.#fetchFor(batch));
    for (const command of batch.commands) await run.carryOut(command);
    return this.#settle(batch, run);
  }

  /** All artifacts of the batch are fetched before its first command touches anything. */
  #fetchFor(batch: CommandBatch): Promise<Map<Digest, Problem>> {
    const { store, blobs } = this.#options;
    const units = batch.commands.flatMap((command) => {
      return command.verb === "install" && !checkUnit(command.unit) ? [command.unit] : [];
    });
    return fetchArtifacts(units, blobs, store.blobs);
  }

  /** Nothing is acked before it is on disk; when it cannot be put there, no ack of the batch stands. */
  async #settle(batch: CommandBatch, run: BatchRun): Promise<BatchResult> {
    const { store, answered } = this.#options;
    const outcomes = run.outcomes;
    try {
      await store.flush();
    } catch (error) {
      const found = problemOf(error);
      for (const [at, outcome] of outcomes.entries()) {
        if (outcome.kind === "ack") outcomes[at] = { kind: "nack", problem: found };
      }
    }
    await this.#collect();
    const results = batch.commands.map((command, at) => {
      const outcome = outcomes[at] as CommandOutcome;
      answered(command, outcome);
      return { id: command.id, outcome };
    });
    return { results, changed: run.changed };
  }

  async #collect(): Promise<void> {
    const { store, log } = this.#options;
    // An artifact too many on disk harms nobody; the next batch tries again.
    await store
      .collect()
      .catch((error: unknown) => log.warn({ error: String(error) }, "artifacts not collected"));
  }
}

/** One batch under way. */
class BatchRun {
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

  async #attempt(command: Command, unit: UnitId | undefined): Promise<CommandOutcome> {
    const known = {
      stored: unit === undefined ? undefined : this.#options.store.units.get(unit),
      observed: unit === undefined ? undefined : this.#observed.get(unit),
    };
    try {
      return await this.#perform(decide(command, known));
    } catch (error) {
      const found = problemOf(error);
      if (found.code === "internal") this.#options.log.error({ command, problem: found }, "command failed");
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
        this.#keep({ ...step.stored, state: step.state });
        return { kind: "ack" };
      case "priority":
        if (!refused.has(step.stored.unit.id)) {
          await engines.setPriority(step.stored.unit.engine, step.stored.unit.id, step.priority);
        }
        this.#keep({ ...step.stored, priority: step.priority });
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

  async #artifactsOf(unit: StoredUnit["unit"]): Promise<Map<string, Uint8Array>> {
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
    if (host !== undefined && store.asleep.has(host)) {
      // Whoever is no longer stood in for is no longer asleep to us.
      if (!refused.has(unit.id)) await engines.power(unit.engine, host, "awake");
      store.setPower(host, "awake");
    }
    await engines.revoke(unit.engine, unit.id);
    refused.delete(unit.id);
  }

  #keep(stored: StoredUnit): void {
    this.#options.store.set(stored);
    this.changed = true;
  }
}

/** What is wrong with a unit before anything of it was tried. */
function checkUnit(unit: StoredUnit["unit"]): Problem | undefined {
  const invalid = (reason: string): Problem => problem("unit.invalid", { unit: unit.id, reason });
  if (!isUnitId(unit.id)) return invalid("its id is not of the form Kind/namespace/name");
  if (unit.artifacts.length > artifactsPerUnitMax) {
    return invalid(`it has ${unit.artifacts.length} artifacts; at most ${artifactsPerUnitMax} are taken`);
  }
  const bytes = Buffer.byteLength(JSON.stringify(unit));
  if (bytes > unitBytesMax) return invalid(`it has ${bytes} bytes; at most ${unitBytesMax} are taken`);
  const wanted = unitDigest(unit);
  if (wanted === unit.digest) return undefined;
  return problem("unit.digest-mismatch", { verb: "install", unit: unit.id, is: unit.digest, wanted });
}

function nack(found: Problem): CommandOutcome {
  return { kind: "nack", problem: found };
}

function refuseAll(batch: CommandBatch, found: Problem): BatchResult {
  return { results: batch.commands.map(({ id }) => ({ id, outcome: nack(found) })), changed: false };
}
