import {
  type EngineCapability,
  type HostId,
  isInverseUnit,
  type ObservedUnit,
  ProblemError,
  problem,
  type UnitId,
  type UnitState,
} from "../../schemas/mod.ts";
import type { Engine, EngineContext, LoadedUnit } from "../engine.ts";
import type { PluginShelf } from "./plugin-shelf.ts";

/** The engine in its worker for what touches messages; on the main thread, plug-ins for middleboxes, which are files. */
export class EngineWithPlugins implements Engine {
  readonly name;
  readonly #engine: Engine;
  readonly #shelf: PluginShelf;

  constructor(engine: Engine, shelf: PluginShelf) {
    this.name = engine.name;
    this.#engine = engine;
    this.#shelf = shelf;
  }

  capability(): Promise<EngineCapability> {
    return this.#engine.capability();
  }

  async start(context: EngineContext): Promise<void> {
    await this.#engine.start(context);
    try {
      await this.#shelf.sweep();
    } catch (error) {
      // What is left there may confuse a middlebox; that is no reason to do without the engine.
      if (!(error instanceof ProblemError)) throw error;
      context.log.warn({ problem: error.problem }, "old plug-ins not cleared");
    }
  }

  install(loaded: LoadedUnit): Promise<void> {
    return isInverseUnit(loaded.unit.id) ? this.#shelf.install(loaded) : this.#engine.install(loaded);
  }

  async setState(id: UnitId, state: UnitState): Promise<void> {
    if (isInverseUnit(id)) this.#shelf.setState(id, state);
    else await this.#engine.setState(id, state);
  }

  async setPriority(id: UnitId, priority: number): Promise<void> {
    if (isInverseUnit(id)) this.#shelf.setPriority(id, priority);
    else await this.#engine.setPriority(id, priority);
  }

  revoke(id: UnitId): Promise<void> {
    return isInverseUnit(id) ? this.#shelf.revoke(id) : this.#engine.revoke(id);
  }

  async challenge(id: UnitId, nonce: string): Promise<string> {
    if (!isInverseUnit(id) && this.#engine.challenge) return this.#engine.challenge(id, nonce);
    throw new ProblemError(problem("unit.unchallengeable", { unit: id, engine: this.name }));
  }

  async power(host: HostId, state: "asleep" | "awake"): Promise<void> {
    await this.#engine.power?.(host, state);
  }

  observe(): ObservedUnit[] {
    return [...this.#engine.observe(), ...this.#shelf.observe()];
  }

  async refresh(): Promise<void> {
    await this.#engine.refresh?.();
    await this.#shelf.refresh();
  }

  async stop(): Promise<void> {
    try {
      await this.#shelf.clear();
    } finally {
      await this.#engine.stop();
    }
  }
}
