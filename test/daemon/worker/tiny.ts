/**
 * A tiny engine for tests: its guest is `loop` (for ever) or `fine`, run at each turn while active, or once at install.
 * The worker's script and the main thread's side in one file: the worker is started with this file.
 */
import { existsSync, readlinkSync } from "node:fs";
import { workerData } from "node:worker_threads";
import type { LoadedUnit } from "../../../daemon/engine.ts";
import { openWake } from "../../../daemon/linux/mod.ts";
import {
  type EngineLoop,
  type GuestGate,
  type LoopContext,
  runEngineLoop,
  workerEngine,
} from "../../../daemon/worker/mod.ts";
import {
  type Artifact,
  fail,
  type ObservedUnit,
  type Unit,
  type UnitState,
  unitDigest,
} from "../../../schemas/mod.ts";

export interface TinySpec {
  guest: "loop" | "fine";
  when: "turn" | "install";
  limitMs: number;
  /** Throws when installed. */
  refuse?: boolean;
  /** Refused, for a reason that may pass, while this file is there. */
  awayWhile?: string;
  /** Brings the worker down from outside any guest while it is active and this file is there. */
  crashWhile?: string;
  secret?: string;
  /** Loops when it is challenged. */
  loopsWhenChallenged?: boolean;
}

/** (module (func (export "r") (loop br 0))) */
const loopForEver = Buffer.from(
  "0061736d0100000001040160000003020100070501017200000a0901070003400c000b0b",
  "hex",
);

declare const WebAssembly: {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object) => { exports: Record<string, unknown> };
};

interface Tiny {
  loaded: LoadedUnit;
  state: UnitState;
  gate: GuestGate;
  calls: number;
  secret: string;
}

class TinyLoop implements EngineLoop {
  readonly #context: LoopContext;
  readonly #units = new Map<string, Tiny>();
  readonly #asleep = new Set<string>();

  constructor(context: LoopContext) {
    this.#context = context;
    // Something that outlives the thread when it is not reclaimed.
    context.hold({ kind: "descriptor", fd: openWake() });
  }

  install(loaded: LoadedUnit): void {
    const spec = loaded.unit.spec as TinySpec;
    const { id } = loaded.unit;
    if (spec.refuse) fail("unit.invalid", { unit: id, reason: "it wants to be refused" });
    if (spec.awayWhile && existsSync(spec.awayWhile)) fail("linux.absent", { what: "install", is: "away" });
    const secret = spec.secret ? new TextDecoder().decode(this.#context.secret(spec.secret)) : "";
    const gate = this.#context.gate(id, spec.limitMs);
    const state = this.#units.get(id)?.state ?? "installed";
    const unit = { loaded, state, gate, calls: 0, secret };
    if (spec.when === "install") run(unit);
    this.#units.set(id, unit);
  }

  setState(id: string, state: UnitState): void {
    const unit = this.#units.get(id);
    if (!unit) fail("unit.unknown", { verb: "change", unit: id });
    unit.state = state;
  }

  setPriority(id: string, priority: number): void {
    const unit = this.#units.get(id);
    if (unit) unit.loaded = { ...unit.loaded, priority };
  }

  revoke(id: string): void {
    this.#units.delete(id);
  }

  challenge(id: string, nonce: string): string {
    const unit = this.#units.get(id) ?? fail("unit.unknown", { verb: "challenge", unit: id });
    const { loaded } = unit;
    if ((loaded.unit.spec as TinySpec).loopsWhenChallenged)
      run({ ...unit, loaded: { ...loaded, unit: { ...loaded.unit, spec: { guest: "loop" } } } });
    const key = loaded.unit.artifacts.find((artifact) => artifact.private);
    const secret = key ? new TextDecoder().decode(this.#context.artifact(key.digest)) : unit.secret;
    return `${nonce}:${secret}:${readlinkSync("/proc/thread-self/ns/net")}:${[...this.#asleep]}`;
  }

  power(host: string, state: "asleep" | "awake"): void {
    if (state === "asleep") this.#asleep.add(host);
    else this.#asleep.delete(host);
  }

  observe(id: string): ObservedUnit | undefined {
    const unit = this.#units.get(id);
    if (!unit) return undefined;
    const { engine, digest } = unit.loaded.unit;
    return {
      id,
      engine,
      digest,
      priority: unit.loaded.priority,
      state: unit.state,
      counters: { calls: unit.calls },
    };
  }

  descriptors(): readonly number[] {
    return [];
  }

  turn(): number {
    let active = 0;
    for (const [id, unit] of this.#units) {
      if (unit.state !== "active") continue;
      const { crashWhile } = unit.loaded.unit.spec as TinySpec;
      if (crashWhile && existsSync(crashWhile)) throw new Error(`${id} brings the engine down`);
      run(unit);
      active++;
    }
    return active > 0 ? 5 : Number.POSITIVE_INFINITY;
  }

  stop(): void {
    this.#units.clear();
  }
}

function run(unit: Tiny): void {
  const spec = unit.loaded.unit.spec as TinySpec;
  unit.calls++;
  unit.gate.enter();
  try {
    if (spec.guest === "loop") loopModule();
  } finally {
    unit.gate.leave();
  }
}

function loopModule(): void {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(loopForEver));
  (exports.r as () => void)();
}

export function tinyEngine() {
  return workerEngine({
    name: "sleep",
    script: new URL(import.meta.url),
    capability: async () => ({ engine: "sleep", available: true }),
    data: "tiny",
  });
}

export function tinyUnit(name: string, spec: Partial<TinySpec> = {}, artifacts: Artifact[] = []): Unit {
  const content = {
    id: `Rule/default/${name}`,
    engine: "sleep" as const,
    spec: { guest: "fine", when: "turn", limitMs: 30, ...spec },
    artifacts,
  };
  return { ...content, digest: unitDigest(content) };
}

if ((workerData as { data?: unknown } | null)?.data === "tiny") {
  runEngineLoop((context) => new TinyLoop(context));
}
