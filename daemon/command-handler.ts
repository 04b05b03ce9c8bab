import type { BlobStore, Command, CommandBatch, CommandOutcome } from "../bus/mod.ts";
import { type Digest, type HostId, type Problem, problem, problemOf, type UnitId } from "../schemas/mod.ts";
import { fetchArtifacts } from "./artifacts.ts";
import { BatchRun } from "./batch-run.ts";
import { checkUnit } from "./check-unit.ts";
import type { Log } from "./engine.ts";
import type { EngineSet } from "./engine-set.ts";
import type { UnitStore } from "./store/unit-store.ts";

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
    await run.dropUnpermitted();
    return this.#settle(batch, run);
  }

  /** All artifacts of the batch are fetched before its first command touches anything. */
  #fetchFor(batch: CommandBatch): Promise<Map<Digest, Problem>> {
    const { store, blobs } = this.#options;
    const installs = batch.commands.flatMap((command) => {
      return command.verb === "install" && !checkUnit(command.unit) ? [command] : [];
    });
    return fetchArtifacts(installs, blobs, store.blobs);
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

function refuseAll(batch: CommandBatch, found: Problem): BatchResult {
  return {
    results: batch.commands.map(({ id }) => ({ id, outcome: { kind: "nack", problem: found } })),
    changed: false,
  };
}
