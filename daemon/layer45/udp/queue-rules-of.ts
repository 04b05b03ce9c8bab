import { isIP } from "node:net";
import type { QueueRule } from "../../linux/mod.ts";
import type { Customization } from "../customization.ts";
import type { Direction } from "../message-counts.ts";

/**
 * The fewest packets that contain what these customizations may want: of each tap's ends and ports, and only of the
 * directions that its module looks at. Whose packets they are the kernel's rules cannot tell.
 */
export function queueRulesOf(customizations: readonly Customization[]): QueueRule[] {
  const rules = new Map<string, QueueRule>();
  for (const customization of customizations) {
    for (const direction of ["out", "in"] as const) {
      if (!customization.sees(direction)) continue;
      for (const rule of rulesOf(customization, direction)) rules.set(JSON.stringify(rule), rule);
    }
  }
  return [...rules.values()];
}

function rulesOf({ tap: { spec } }: Customization, direction: Direction): QueueRule[] {
  const { local, remote } = spec;
  const [source, destination] = direction === "out" ? [local, remote] : [remote, local];
  const hook = direction === "out" ? "OUTPUT" : "INPUT";
  return ([4, 6] as const)
    .filter((family) =>
      [local, remote].every(({ address }) => address === undefined || isIP(address) === family),
    )
    .map((family) => ({ hook, family, source, destination }));
}
