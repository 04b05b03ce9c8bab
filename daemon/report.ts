import type { HostReport } from "../bus/mod.ts";
import {
  type HostCapabilities,
  type HostId,
  type ObservedUnit,
  type Problem,
  problem,
  type UnitId,
} from "../schemas/mod.ts";
import type { StoredUnit } from "./store/unit-file.ts";

/** All that a report is made of. */
export interface Sight {
  host: HostId;
  boot: string;
  term: number;
  capabilities: HostCapabilities;
  stored: ReadonlyMap<UnitId, StoredUnit>;
  observed: readonly ObservedUnit[];
  refused: ReadonlyMap<UnitId, Problem>;
  problems: readonly Problem[];
  /** The engines have been stopped: what is kept does not work. */
  stopped: boolean;
}

/**
 * What there really is: each unit as its engine has it. A unit that is kept and that its engine refused is listed with
 * the problem; one that its engine lost is not listed, so that the controller installs it anew.
 */
export function makeReport(sight: Sight, sequence: number): HostReport {
  const { host, boot, term, capabilities, problems } = sight;
  const units = sight.stopped ? stoppedUnits(sight) : workingUnits(sight);
  return {
    host,
    boot,
    sequence,
    term,
    capabilities,
    units,
    ...(problems.length > 0 ? { problems: [...problems] } : {}),
  };
}

function workingUnits({ observed, refused, stored }: Sight): ObservedUnit[] {
  const units = new Map(observed.map((unit) => [unit.id, unit]));
  for (const [id, found] of refused) {
    const kept = stored.get(id);
    if (kept) units.set(id, { ...asKept(kept), problem: found });
  }
  return [...units.values()];
}

function stoppedUnits({ host, stored }: Sight): ObservedUnit[] {
  return [...stored.values()].map((kept) => ({
    ...asKept(kept),
    problem: kept.fault ?? problem("daemon.stopped", { unit: kept.unit.id, host }),
  }));
}

function asKept({ unit, priority, state }: StoredUnit): ObservedUnit {
  return { id: unit.id, engine: unit.engine, digest: unit.digest, priority, state };
}

/** Faults that engines found and that are not kept yet: a unit so stopped is not run again after a restart. */
export function newFaults(
  stored: ReadonlyMap<UnitId, StoredUnit>,
  observed: readonly ObservedUnit[],
): StoredUnit[] {
  return observed.flatMap((unit) => {
    const kept = stored.get(unit.id);
    if (!kept || kept.fault || kept.unit.digest !== unit.digest) return [];
    return unit.problem?.code === "unit.faulted" ? [{ ...kept, fault: unit.problem }] : [];
  });
}
