import type { Problem } from "../../schemas/mod.ts";
import type { ObjectRef } from "../objects.ts";
import type { Condition } from "./conditions.ts";

/** What is seen of an object, by the fleet as a whole. */
export interface ObjectStatus {
  object: ObjectRef;
  /** The source's revision that brought the version in force; absent while no version of it was ever valid. */
  revision?: string;
  /** Hosts it is about, and how many of them are as they ought to be. */
  hosts: { desired: number; ready: number };
  conditions: Condition[];
  /** What is wrong with its newest version, or with a host; bounded. */
  problems: Problem[];
}

export const problemsPerStatusMax = 10;

export function isReady(status: { conditions: readonly Condition[] }): boolean {
  return status.conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

export function isStalled(status: { conditions: readonly Condition[] }): boolean {
  return status.conditions.some(({ type, status }) => type === "Stalled" && status === "True");
}
