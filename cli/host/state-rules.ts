import type { RuleToSend } from "./read-rules.ts";
import type { StateName } from "./state-names.ts";

/** Rules that keep this host's place on the network as it is now. */
export async function rulesOfState(states: readonly StateName[]): Promise<RuleToSend[]> {
  return states.flatMap(() => []);
}
