import type { Proposals } from "../generated/objects.ts";
import type { Fault } from "./fault.ts";
import { fault } from "./fault.ts";
import type { Fleet } from "./fleet.ts";
import { checkReference } from "./selection.ts";

/** Whoever may propose must be a MonitoringFunction that exists. */
export function* checkProposals(
  proposals: Proposals | undefined,
  namespace: string,
  fleet: Fleet,
): Iterable<Fault> {
  for (const [index, name] of (proposals?.from ?? []).entries()) {
    const unknown = checkReference("MonitoringFunction", { name, namespace }, fleet);
    if (unknown !== undefined) yield fault(["spec", "proposals", "from", index], unknown);
  }
}
