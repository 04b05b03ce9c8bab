import { type Cron, type CustomizationRotation, durationMs, parseCron } from "../../schemas/mod.ts";
import type { Member } from "./rotation-record.ts";

/** When a rotation happens by itself. `key` tells one schedule from another. */
export type Trigger =
  | { kind: "commit"; current: Member }
  | { kind: "every"; everyMs: number; jitterMs: number; order: Order; key: string }
  | { kind: "at"; cron: Cron; jitterMs: number; order: Order; key: string };

export type Order = "listed" | "random";

/** The spec of a CustomizationRotation, in units of computing. */
export interface RotationSettings {
  through: readonly Member[];
  trigger: Trigger;
  overlapMs: number;
  /** For each step. */
  deadlineMs: number;
  onFailure: "revert" | "hold";
  retire: "deprecate" | "revoke" | "keep";
}

export function rotationSettings(spec: CustomizationRotation["spec"]): RotationSettings {
  const { through, onFailure, retire } = spec;
  return {
    through,
    trigger: triggerOf(spec),
    overlapMs: durationMs(spec.overlap),
    deadlineMs: durationMs(spec.deadline),
    onFailure,
    retire,
  };
}

function triggerOf({ current, every, at, jitter, order }: CustomizationRotation["spec"]): Trigger {
  if (current !== undefined) return { kind: "commit", current };
  const draws = { jitterMs: durationMs(jitter), order };
  const key = JSON.stringify({ every, at, jitter, order });
  if (every !== undefined) return { kind: "every", everyMs: durationMs(every), ...draws, key };
  const cron = parseCron(at ?? "");
  if (typeof cron === "string") throw new Error(`validation let a schedule pass: ${cron}`);
  return { kind: "at", cron, ...draws, key };
}
