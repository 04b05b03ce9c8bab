import { isRetryable, type Problem, ProblemError, problemOf, type UnitId } from "../schemas/mod.ts";
import { loadArtifacts } from "./artifacts.ts";
import type { Log } from "./engine.ts";
import type { EngineSet } from "./engine-set.ts";
import { sleeperHost } from "./power.ts";
import type { StoredUnit } from "./store/unit-file.ts";
import type { UnitStore } from "./store/unit-store.ts";

export interface RestoreOptions {
  store: UnitStore;
  engines: EngineSet;
  log: Log;
  /** Filled with the units that their engine refuses, and why. */
  refused: Map<UnitId, Problem>;
}

/**
 * Puts every unit that is kept back into its engine, in the order in which they work, and takes over for the hosts that
 * sleep. Asks nobody. A unit that is refused stays kept; one whose artifact is gone is set aside.
 */
export async function restore(options: RestoreOptions): Promise<void> {
  const units = [...options.store.units.values()].sort(
    (a, b) => a.priority - b.priority || (a.unit.id < b.unit.id ? -1 : 1),
  );
  for (const stored of units) await restoreUnit(stored, options);
  await restorePower(options);
}

/** Tries those again that were refused for a reason that may have passed; true when one of them works now. */
export async function retryRefused(options: RestoreOptions): Promise<boolean> {
  const before = [...options.refused];
  for (const [id, found] of before) {
    const stored = options.store.units.get(id);
    if (stored && isRetryable(found)) await restoreUnit(stored, options);
  }
  if (before.some(([id]) => !options.refused.has(id))) await restorePower(options);
  return before.some(([id, found]) => options.refused.get(id)?.message !== found.message);
}

async function restoreUnit(
  stored: StoredUnit,
  { store, engines, log, refused }: RestoreOptions,
): Promise<void> {
  const { unit, priority, state, fault } = stored;
  try {
    engines.require(unit.engine);
    const artifacts = await loadArtifacts(unit, store.blobs);
    if (!(artifacts instanceof Map)) {
      await store.discard(unit.id, artifacts.message);
      refused.delete(unit.id);
      return;
    }
    await engines.install({ unit, priority, artifacts, ...(fault && { faulted: fault }) });
    if (state !== "installed") await engines.setState(unit.engine, unit.id, state);
    refused.delete(unit.id);
  } catch (error) {
    const found = problemOf(error);
    refused.set(unit.id, found);
    log.error({ unit: unit.id, problem: found }, "unit not restored");
  }
}

async function restorePower({ store, engines, log, refused }: RestoreOptions): Promise<void> {
  for (const { unit } of store.units.values()) {
    const host = sleeperHost(unit);
    if (host === undefined || !store.asleep.has(host) || refused.has(unit.id)) continue;
    try {
      await engines.power(unit.engine, host, "asleep");
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      // The link may not be up yet: listed with its problem, the unit is tried again.
      refused.set(unit.id, error.problem);
      log.error({ host, problem: error.problem }, "cannot stand in again");
    }
  }
}
