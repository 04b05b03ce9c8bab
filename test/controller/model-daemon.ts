import type { PlannedCommand } from "../../controller/diff.ts";
import type { ObservedUnit, UnitId } from "../../schemas/mod.ts";

/**
 * A daemon reduced to what the lifecycle says: what each verb does to the units of a host, or why it is refused. The real
 * daemon's tests hold it to the same table.
 */
export class ModelDaemon {
  readonly units = new Map<UnitId, ObservedUnit>();

  constructor(units: readonly ObservedUnit[] = []) {
    for (const unit of units) this.units.set(unit.id, { ...unit });
  }

  /** Undefined when acked, else the code of the problem. */
  apply(command: PlannedCommand): "unit.unknown" | "unit.digest-mismatch" | undefined {
    if (command.verb === "install") {
      const { id, engine, digest } = command.unit;
      const state = this.units.get(id)?.state ?? "installed";
      this.units.set(id, { id, engine, digest, priority: command.priority, state });
      return undefined;
    }
    if (command.verb === "revoke") {
      this.units.delete(command.unit);
      return undefined;
    }
    const unit = this.units.get(command.unit);
    if (!unit) return "unit.unknown";
    if (unit.digest !== command.digest) return "unit.digest-mismatch";
    if (command.verb === "prioritize") unit.priority = command.priority;
    else unit.state = states[command.verb];
    return undefined;
  }

  list(): ObservedUnit[] {
    return [...this.units.values()].map((unit) => ({ ...unit }));
  }
}

const states = { activate: "active", deactivate: "installed", deprecate: "deprecated" } as const;
