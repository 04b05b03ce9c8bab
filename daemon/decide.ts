import type { Command } from "../bus/mod.ts";
import {
  type EngineName,
  type ObservedUnit,
  type Problem,
  problem,
  type Unit,
  type UnitId,
  type UnitState,
} from "../schemas/mod.ts";
import type { StoredUnit } from "./store/unit-file.ts";

/** What a daemon knows of the unit that a command is about. */
export interface Known {
  /** As it was asked for and kept. */
  stored: StoredUnit | undefined;
  /** As its engine has it. */
  observed: ObservedUnit | undefined;
}

/** What is to be done for one command. */
export type Step =
  | { kind: "ack" }
  | { kind: "nack"; problem: Problem }
  /**
   * `state`: what the unit is in afterwards; `lost`: the engine does not know that state, for it has nothing of the unit;
   * `before`: another engine, which has the version that is replaced.
   */
  | { kind: "install"; unit: Unit; priority: number; state: UnitState; lost: boolean; before?: EngineName }
  | { kind: "state"; stored: StoredUnit; state: UnitState }
  | { kind: "priority"; stored: StoredUnit; priority: number }
  | { kind: "revoke"; stored: StoredUnit }
  | { kind: "challenge"; stored: StoredUnit; nonce: string }
  | { kind: "report" };

const stateOfVerb = { activate: "active", deactivate: "installed", deprecate: "deprecated" } as const;

/** The unit a command is about; none for `report`. */
export function unitOf(command: Command): UnitId | undefined {
  if (command.verb === "install") return command.unit.id;
  return command.verb === "report" ? undefined : command.unit;
}

/**
 * Decides what one command takes: nothing, where both the store and the engine have what it asks for already; the work
 * again, where the engine has something else than the store (drift).
 */
export function decide(command: Command, known: Known): Step {
  switch (command.verb) {
    case "report":
      return { kind: "report" };
    case "install":
      return decideInstall(command, known);
    case "revoke":
      return known.stored ? { kind: "revoke", stored: known.stored } : { kind: "ack" };
    default:
      return decideChange(command, known);
  }
}

function decideInstall(command: Command & { verb: "install" }, { stored, observed }: Known): Step {
  const { unit, priority } = command;
  if (stored?.unit.digest !== unit.digest || observed?.digest !== unit.digest) {
    const state = stored?.state ?? "installed";
    const moved = stored !== undefined && stored.unit.engine !== unit.engine;
    const lost = state !== "installed" && (moved || !observed);
    return { kind: "install", unit, priority, state, lost, ...(moved ? { before: stored.unit.engine } : {}) };
  }
  const same = stored.priority === priority && observed.priority === priority;
  return same ? { kind: "ack" } : { kind: "priority", stored, priority };
}

type Change = Exclude<Command, { verb: "install" | "revoke" | "report" }>;

function decideChange(command: Change, { stored, observed }: Known): Step {
  const { verb, unit } = command;
  if (!stored) return { kind: "nack", problem: problem("unit.unknown", { verb, unit }) };
  const is = stored.unit.digest;
  if (is !== command.digest) {
    const mismatch = problem("unit.digest-mismatch", { verb, unit, is, wanted: command.digest });
    return { kind: "nack", problem: mismatch };
  }
  if (command.verb === "challenge") return { kind: "challenge", stored, nonce: command.nonce };
  if (command.verb === "prioritize") {
    const { priority } = command;
    const same = stored.priority === priority && observed?.priority === priority;
    return same ? { kind: "ack" } : { kind: "priority", stored, priority };
  }
  const state = stateOfVerb[command.verb];
  const same = stored.state === state && observed?.state === state;
  return same ? { kind: "ack" } : { kind: "state", stored, state };
}
