import type { Engine, EngineContext, LoadedUnit } from "../../daemon/engine.ts";
import {
  type EngineName,
  fail,
  type HostId,
  type ObservedUnit,
  type Unit,
  type UnitState,
  unitDigest,
} from "../../schemas/mod.ts";

/**
 * Stands for an engine and the kernel behind it: remembers what it was told, refuses units whose spec says so, and can
 * be made to lose or fault them behind the daemon's back.
 */
export class FakeEngine implements Engine {
  readonly name: EngineName;
  readonly calls: string[] = [];
  readonly units = new Map<string, ObservedUnit>();
  readonly contents = new Map<string, string>();
  readonly asleep = new Set<HostId>();
  context: EngineContext | undefined;
  available = true;
  refusal: string | undefined;

  constructor(name: EngineName = "sleep") {
    this.name = name;
  }

  async capability() {
    return this.available
      ? { engine: this.name, available: true }
      : { engine: this.name, available: false, reason: "the kernel lacks it" };
  }

  async start(context: EngineContext): Promise<void> {
    this.context = context;
    this.calls.push("start");
  }

  async install({ unit, priority, artifacts, faulted }: LoadedUnit): Promise<void> {
    this.calls.push(`install ${unit.id}`);
    if (this.refusal !== undefined || (unit.spec as { refuse?: boolean }).refuse) {
      fail("unit.invalid", { unit: unit.id, reason: this.refusal ?? "it wants to be refused" });
    }
    const state = this.units.get(unit.id)?.state ?? "installed";
    const { id, engine, digest } = unit;
    this.units.set(id, { id, engine, digest, priority, state, ...(faulted ? { problem: faulted } : {}) });
    this.contents.set(id, [...artifacts.values()].map((content) => Buffer.from(content).toString()).join());
  }

  async setState(id: string, state: UnitState): Promise<void> {
    this.calls.push(`${state} ${id}`);
    this.units.set(id, { ...this.#get(id), state });
  }

  async setPriority(id: string, priority: number): Promise<void> {
    this.calls.push(`priority ${priority} ${id}`);
    this.units.set(id, { ...this.#get(id), priority });
  }

  async revoke(id: string): Promise<void> {
    this.calls.push(`revoke ${id}`);
    this.units.delete(id);
  }

  async challenge(id: string, nonce: string): Promise<string> {
    return `${id} answers ${nonce}`;
  }

  async power(host: HostId, state: "asleep" | "awake"): Promise<void> {
    this.calls.push(`${state} ${host}`);
    if (state === "asleep") this.asleep.add(host);
    else this.asleep.delete(host);
  }

  observe(): ObservedUnit[] {
    return [...this.units.values()];
  }

  async stop(): Promise<void> {
    this.calls.push("stop");
    this.units.clear();
    this.asleep.clear();
  }

  #get(id: string): ObservedUnit {
    return this.units.get(id) ?? fail("unit.unknown", { verb: "change", unit: id });
  }
}

/** A unit of the sleep engine with its digest; `content` becomes its artifact "program". */
export function fakeUnit(
  name: string,
  options: { spec?: unknown; engine?: EngineName; artifact?: string } = {},
): Unit {
  const artifacts = options.artifact ? [{ name: "program", digest: options.artifact, bytes: 7 }] : [];
  const content = {
    id: `Rule/default/${name}/nas`,
    engine: options.engine ?? ("sleep" as const),
    spec: options.spec ?? { type: "rule", version: 1 },
    artifacts,
  };
  return { ...content, digest: unitDigest(content) };
}
