import type { HostId } from "../schemas/mod.ts";
import type { PlannedCommand } from "./diff.ts";
import { commandsFor, type HostView, type MustStay } from "./host.ts";

/** The commands that a host would be sent now if it were there and nothing were under way. */
export interface HostPlan {
  host: HostId;
  commands: PlannedCommand[];
}

/** What is left to do on each host, in order of their names; hosts with nothing to do are left out. */
export function planOf(hosts: Iterable<HostView>, mustStay: MustStay): HostPlan[] {
  return [...hosts]
    .map((host) => ({ host: host.id, commands: commandsFor(host, mustStay).commands }))
    .filter(({ commands }) => commands.length > 0)
    .sort((a, b) => (a.host < b.host ? -1 : 1));
}
