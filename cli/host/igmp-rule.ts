import type { MulticastGroup } from "../../daemon/linux/mod.ts";
import { standardModule } from "../../modules/mod.ts";
import { fail, parsePrefix, prefixContains } from "../../schemas/mod.ts";
import type { RuleToSend } from "./read-rules.ts";

/** What igmpv3-member takes. */
const groupsMax = 64;
/** Every host is in it, and no report is ever sent of it (RFC 3376 §6). */
const allSystems = "224.0.0.1";
const sourceSpecific = parsePrefix("232.0.0.0/8")!;

/** The rule that keeps an address in these groups; undefined when there are none to be kept. */
export function igmpRule(address: string, groups: readonly MulticastGroup[]): RuleToSend | undefined {
  const kept = groups.filter(({ group }) => group !== allSystems);
  if (kept.length === 0) return undefined;
  if (kept.length > groupsMax) {
    fail("host.state", {
      state: "igmp",
      reason: `there are ${kept.length} groups; at most ${groupsMax} can be kept`,
    });
  }
  const config = { address, groups: kept.map(filterOf) };
  // Queries go to all systems, to the group, or, of an old router, to anything between.
  const rule = { IGMP: { addresses: ["224.0.0.0/4"], config } };
  return { rule, module: standardModule("igmpv3-member") as Uint8Array };
}

/**
 * What the host wants of a group. The kernel tells how many sockets want each source, but not which socket wants what:
 * where they differ, the host stays a member for every source, which is more than it wants and never less. (For groups of
 * source-specific multicast there is no such thing; there all sources that somebody wants are taken together.)
 */
export function filterOf({ group, users, sources }: MulticastGroup): {
  group: string;
  include?: string[];
  exclude?: string[];
} {
  const included = sources.filter((one) => one.included > 0).map(({ source }) => source);
  if (prefixContains(sourceSpecific, parsePrefix(group)!)) return { group, include: included };
  if (sources.length > 0 && sources.every((one) => one.included === users))
    return { group, include: included };
  const excluded = sources.filter((one) => one.excluded === users && one.included === 0);
  return { group, exclude: excluded.map(({ source }) => source) };
}
