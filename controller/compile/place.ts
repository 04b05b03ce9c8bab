import type { DesiredUnit, Host } from "../../schemas/mod.ts";
import type { Placement } from "./placement.ts";
import { hostIdOf } from "./unit.ts";

/** The same unit on each host that has a daemon. */
export function placeOnEach(hosts: readonly Host[], desired: DesiredUnit): Placement[] {
  return hosts
    .filter(({ spec }) => spec.daemon)
    .map((host) => ({ on: hostIdOf(host), of: hostIdOf(host), desired }));
}

/** Priority and state, as the objects of most kinds say them. */
export function lifeOf({ spec }: { spec: { priority: number; active: boolean } }): Omit<DesiredUnit, "unit"> {
  return { priority: spec.priority, state: spec.active ? "active" : "installed" };
}
