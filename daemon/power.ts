import type { PowerMessage, PowerReply } from "../bus/mod.ts";
import { type HostId, problem, problemOf, type SleepUnitSpec, type Unit } from "../schemas/mod.ts";
import type { EngineSet } from "./engine-set.ts";
import type { UnitStore } from "./store/unit-store.ts";

/** The host that a `sleeper` unit stands in for; undefined for every other unit. */
export function sleeperHost(unit: Unit): HostId | undefined {
  if (unit.engine !== "sleep") return undefined;
  const spec = unit.spec as Partial<SleepUnitSpec> | undefined;
  return spec?.type === "sleeper" ? spec.host : undefined;
}

/** Whether some unit here stands in for that host. */
export function isServed(host: HostId, store: UnitStore): boolean {
  return [...store.units.values()].some(({ unit }) => sleeperHost(unit) === host);
}

export interface PowerOptions {
  /** The host this daemon runs on. */
  proxy: HostId;
  store: UnitStore;
  engines: EngineSet;
}

/** A host goes to sleep, or woke: its sleeper's engine takes over or lets go, and it is kept. Called one at a time. */
export async function handlePower(message: PowerMessage, options: PowerOptions): Promise<PowerReply> {
  const { proxy, store, engines } = options;
  const { host, state } = message;
  const sleeper = [...store.units.values()].find(({ unit }) => sleeperHost(unit) === host);
  if (!sleeper) return { kind: "nack", problem: problem("power.unserved", { host, proxy }) };
  try {
    await engines.power(sleeper.unit.engine, host, state);
    store.setPower(host, state);
    await store.flush();
    return { kind: "ack" };
  } catch (error) {
    return { kind: "nack", problem: problemOf(error) };
  }
}
