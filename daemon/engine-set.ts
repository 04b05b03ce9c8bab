import {
  type EngineCapability,
  type EngineName,
  engineNames,
  fail,
  type HostId,
  type ObservedUnit,
  problemOf,
} from "../schemas/mod.ts";
import { within } from "./deadline.ts";
import type { Engine, EngineContext, LoadedUnit } from "./engine.ts";

/** An engine has this long for one verb; it answers for itself sooner, or is counted as stalled. */
const verbDeadlineMs = 30_000;
const stopDeadlineMs = 10_000;

/** The engines of one host: those that could be started, and why the others could not. */
export class EngineSet {
  readonly capabilities: EngineCapability[];
  readonly #host: HostId;
  readonly #started: Map<EngineName, Engine>;

  private constructor(host: HostId, started: Map<EngineName, Engine>, capabilities: EngineCapability[]) {
    this.#host = host;
    this.#started = started;
    this.capabilities = capabilities;
  }

  /** Starts what this host lets start; an engine that fails is one the host does not have. */
  static async start(
    host: HostId,
    engines: readonly Engine[],
    contextOf: (engine: EngineName) => EngineContext,
  ): Promise<EngineSet> {
    const started = new Map<EngineName, Engine>();
    const capabilities: EngineCapability[] = [];
    for (const name of engineNames) {
      const engine = engines.find((one) => one.name === name);
      const capability = engine
        ? await startOne(engine, contextOf(name))
        : { engine: name, available: false, reason: "this version of netloom does not have it" };
      if (engine && capability.available) started.set(name, engine);
      capabilities.push(capability);
    }
    return new EngineSet(host, started, capabilities);
  }

  /** Throws `engine.unavailable`. */
  #get(name: EngineName): Engine {
    const engine = this.#started.get(name);
    if (engine) return engine;
    const reason = this.capabilities.find((one) => one.engine === name)?.reason ?? "it is not known";
    return fail("engine.unavailable", { engine: name, host: this.#host, reason });
  }

  /** Throws `engine.unavailable` when this host does not have it. */
  require(name: EngineName): void {
    this.#get(name);
  }

  /** Does one verb in one engine; rejects with the engine's problem, `engine.unavailable` or `engine.stalled`. */
  async #do<T>(name: EngineName, verb: string, work: (engine: Engine) => Promise<T>): Promise<T> {
    const engine = this.#get(name);
    const late = { engine: name, verb, afterMs: verbDeadlineMs };
    return within(work(engine), verbDeadlineMs, { code: "engine.stalled", data: late });
  }

  install(loaded: LoadedUnit): Promise<void> {
    return this.#do(loaded.unit.engine, "install", (engine) => engine.install(loaded));
  }

  setState(name: EngineName, ...[id, state]: Parameters<Engine["setState"]>): Promise<void> {
    return this.#do(name, "change a unit's state", (engine) => engine.setState(id, state));
  }

  setPriority(name: EngineName, ...[id, priority]: Parameters<Engine["setPriority"]>): Promise<void> {
    return this.#do(name, "prioritize", (engine) => engine.setPriority(id, priority));
  }

  /** A unit of an engine that this host does not have is not there. */
  async revoke(name: EngineName, id: string): Promise<void> {
    if (this.#started.has(name)) await this.#do(name, "revoke", (engine) => engine.revoke(id));
  }

  challenge(name: EngineName, id: string, nonce: string): Promise<string> {
    return this.#do(name, "answer a challenge", async (engine) => {
      if (!engine.challenge) return fail("unit.unchallengeable", { unit: id, engine: name });
      return engine.challenge(id, nonce);
    });
  }

  async power(name: EngineName, host: HostId, state: "asleep" | "awake"): Promise<void> {
    await this.#do(name, "take over or let go", async (engine) => engine.power?.(host, state));
  }

  observe(): ObservedUnit[] {
    return [...this.#started.values()].flatMap((engine) => engine.observe());
  }

  async refresh(): Promise<void> {
    for (const name of this.#started.keys()) {
      await this.#do(name, "count", async (engine) => engine.refresh?.());
    }
  }

  /** Stops all of them, each whatever becomes of the others; resolves to what went wrong. */
  async stop(): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (const [name, engine] of this.#started) {
      const late = { engine: name, verb: "stop", afterMs: stopDeadlineMs };
      await within(engine.stop(), stopDeadlineMs, { code: "engine.stalled", data: late }).catch((error) =>
        failures.push(error),
      );
    }
    this.#started.clear();
    return failures;
  }
}

async function startOne(engine: Engine, context: EngineContext): Promise<EngineCapability> {
  try {
    const capability = await engine.capability();
    if (capability.available) await engine.start(context);
    return capability;
  } catch (error) {
    const { message } = problemOf(error);
    context.log.error({ engine: engine.name, problem: problemOf(error) }, "engine cannot be started");
    return { engine: engine.name, available: false, reason: message };
  }
}
