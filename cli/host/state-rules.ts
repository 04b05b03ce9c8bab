import { type Interface, listMulticastGroups, listTcpConnections } from "../../daemon/linux/mod.ts";
import { igmpRule } from "./igmp-rule.ts";
import type { RuleToSend } from "./read-rules.ts";
import type { StateName } from "./state-names.ts";
import { tcpRule } from "./tcp-rule.ts";

const makers: Record<StateName, (own: Interface) => RuleToSend | undefined> = {
  "tcp-connections": (own) => tcpRule(own.addresses, listTcpConnections()),
  igmp: (own) => {
    const address = own.addresses.find(({ family }) => family === 4);
    return address && igmpRule(address.bytes.join("."), listMulticastGroups(own.index));
  },
};

/** Rules that keep this host's place on the network as it is now; none for a state that the host is not in. */
export function rulesOfState(states: readonly StateName[], own: Interface): RuleToSend[] {
  return [...new Set(states)].map((state) => makers[state](own)).filter((rule) => rule !== undefined);
}
