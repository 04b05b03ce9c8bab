import {
  type Abi,
  type CompiledModule,
  compileModule,
  type GuestServices,
  SleepGuest,
  StreamGuest,
  sleepAbi,
  streamAbi,
} from "../../modules/mod.ts";
import {
  fail,
  type ObservedUnit,
  type Problem,
  ProblemError,
  problem,
  type SleepLayer,
  type SleepRuleSpec,
  type Unit,
  type UnitState,
} from "../../schemas/mod.ts";
import type { LoadedUnit } from "../engine.ts";
import type { GuestGate } from "../worker/mod.ts";
import { type WordPrefix, wordPrefix } from "./address.ts";
import type { Due } from "./agenda.ts";
import type { IndexedRule } from "./rule-index.ts";
import type { Sleeper } from "./sleeper.ts";
import type { Timer } from "./timers.ts";

/** A rule whose program failed this many times in a row is stopped. */
const faultsInRowMax = 5;

/** One rule for one sleeping host: the unit, its guest, and what became of its packets. */
export class Rule implements IndexedRule {
  readonly unit: Unit;
  readonly spec: SleepRuleSpec;
  readonly id: string;
  readonly layer: SleepLayer;
  readonly prefixes: readonly WordPrefix[];
  readonly port: number | undefined;
  readonly gate: GuestGate;
  priority: number;
  mark = 0;
  state: UnitState = "installed";
  /** The host it speaks for, once that is installed. */
  sleeper: Sleeper | undefined;
  /** It is in the index: active, and its host sleeps. */
  live = false;
  interval: Timer<Due> | undefined;
  /** Delayed answers not yet sent. */
  waiting = 0;
  problem: Problem | undefined;
  /** Why it accepts no connections though its host sleeps. */
  deaf: Problem | undefined;
  /** Of a rule that speaks on streams `connections` are open now. */
  readonly counts = {
    packets: 0,
    answered: 0,
    wakes: 0,
    calls: 0,
    faults: 0,
    refused: 0,
    accepted: 0,
    connections: 0,
  };
  readonly #module: CompiledModule;
  readonly #services: GuestServices;
  #faultsInRow = 0;
  #guest: SleepGuest | StreamGuest;

  /** Compiles the module and starts its guest. Throws `unit.invalid` and `module.*`. */
  constructor(
    loaded: LoadedUnit,
    module: CompiledModule,
    options: { gate: GuestGate; services: GuestServices },
  ) {
    this.unit = loaded.unit;
    this.id = loaded.unit.id;
    this.spec = loaded.unit.spec as SleepRuleSpec;
    this.priority = loaded.priority;
    this.layer = this.spec.layer;
    this.port = this.spec.port;
    this.prefixes = this.spec.addresses.map(
      (text) => wordPrefix(text) ?? fail("unit.invalid", { unit: this.id, reason: `"${text}" is no prefix` }),
    );
    this.gate = options.gate;
    this.#module = module;
    this.#services = options.services;
    this.#guest = this.#start();
  }

  /** The program of a rule that sees packets. */
  get guest(): SleepGuest {
    if (this.#guest instanceof StreamGuest) throw new Error(`${this.id} sees no packets`);
    return this.#guest;
  }

  /** The program of a rule that sees streams. */
  get streams(): StreamGuest {
    if (this.#guest instanceof SleepGuest) throw new Error(`${this.id} sees no streams`);
    return this.#guest;
  }

  /** Counts a fault and starts the guest afresh; true when the rule is to be stopped for good. */
  faulted(found: Problem): boolean {
    this.counts.faults += 1;
    this.#faultsInRow += 1;
    if (this.#faultsInRow >= faultsInRowMax) {
      const reason = `its program failed ${faultsInRowMax} times in a row, last: ${found.message}`;
      this.problem = problem("unit.faulted", { unit: this.id, reason });
      return true;
    }
    try {
      this.#guest = this.#start();
      return false;
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.problem = problem("unit.faulted", { unit: this.id, reason: error.problem.message });
      return true;
    }
  }

  /** What it answered went out; what a host gets that has woken was not answered in its place. */
  noteAnswered(): void {
    this.counts.answered += 1;
    if (this.sleeper && this.sleeper.power.kind !== "awake") this.sleeper.answered += 1;
  }

  /** Goes on counting from what the version before it, or a thread that was ended, had said last. */
  resume({ counters = {} }: ObservedUnit): void {
    for (const name of ["packets", "answered", "wakes", "calls", "faults", "refused"] as const) {
      this.counts[name] = counters[`${name}_total`] ?? 0;
    }
    this.counts.accepted = counters.connections_total ?? 0;
  }

  fine(): void {
    this.#faultsInRow = 0;
  }

  observe(): ObservedUnit {
    const { id, engine, digest } = this.unit;
    const found = this.problem ?? this.deaf;
    return {
      id,
      engine,
      digest,
      priority: this.priority,
      state: this.state,
      ...(found && { problem: found }),
      ...(this.state === "deprecated" && this.waiting === 0 && { idle: true }),
      counters: {
        packets_total: this.counts.packets,
        answered_total: this.counts.answered,
        wakes_total: this.counts.wakes,
        calls_total: this.counts.calls,
        faults_total: this.counts.faults,
        refused_total: this.counts.refused,
        memory_bytes: this.#guest.memoryBytes,
        ...(this.spec.stream && {
          connections: this.counts.connections,
          connections_total: this.counts.accepted,
        }),
      },
    };
  }

  #start(): SleepGuest | StreamGuest {
    this.gate.enter();
    try {
      const { limits, config, raw, stream } = this.spec;
      const options = { name: this.id, limits, config, raw, services: this.#services };
      return stream ? new StreamGuest(this.#module, options) : new SleepGuest(this.#module, options);
    } finally {
      this.gate.leave();
    }
  }
}

/** Modules by ABI and digest, compiled once for all rules that run them. */
export class Modules {
  readonly #compiled = new Map<string, { module: CompiledModule; rules: number }>();

  /** Throws `artifact.missing` and `module.*`, all problems of a module in one text. */
  take(loaded: LoadedUnit): CompiledModule {
    const { digest, abi, key } = programOf(loaded.unit);
    const known = this.#compiled.get(key);
    if (known) {
      known.rules += 1;
      return known.module;
    }
    const bytes = loaded.artifacts.get("program") ?? fail("artifact.missing", { digest });
    const result = compileModule(bytes, abi, loaded.unit.id);
    if (result.kind === "refused") throw new ProblemError(result.problems[0] as Problem);
    this.#compiled.set(key, { module: result.module, rules: 1 });
    return result.module;
  }

  give(unit: Unit): void {
    const { key } = programOf(unit);
    const known = this.#compiled.get(key);
    if (!known) return;
    known.rules -= 1;
    if (known.rules === 0) this.#compiled.delete(key);
  }
}

/** A module may be good for packets and for streams; it is checked for each. */
function programOf(unit: Unit): { digest: string; abi: Abi; key: string } {
  const found = unit.artifacts.find(({ name }) => name === "program");
  const digest =
    found?.digest ?? fail("unit.invalid", { unit: unit.id, reason: 'it has no artifact "program"' });
  const abi = (unit.spec as SleepRuleSpec).stream ? streamAbi : sleepAbi;
  return { digest, abi, key: `${abi.name} ${digest}` };
}
