import { hostname } from "node:os";
import { type Interface, listMulticastGroups, listTcpConnections } from "../../daemon/linux/mod.ts";
import { readAvahi } from "./avahi-services.ts";
import { readDhcpLease } from "./dhcp-lease.ts";
import { dhcpRule } from "./dhcp-rule.ts";
import { igmpRule } from "./igmp-rule.ts";
import { mdnsRule } from "./mdns-rule.ts";
import type { RuleToSend } from "./read-rules.ts";
import type { StateName } from "./state-names.ts";
import { tcpRule } from "./tcp-rule.ts";

const avahiFolder = "/etc/avahi";

const makers: Record<StateName, (own: Interface) => RuleToSend | undefined> = {
  "tcp-connections": (own) => tcpRule(own.addresses, listTcpConnections()),
  igmp: (own) => {
    const address = own.addresses.find(({ family }) => family === 4);
    return address && igmpRule(address.bytes.join("."), listMulticastGroups(own.index));
  },
  dhcp: (own) => {
    const lease = readDhcpLease(own, Date.now());
    return lease && dhcpRule(own, lease, hostname());
  },
  mdns: (own) => {
    const told = readAvahi(avahiFolder, hostname());
    return told && mdnsRule(own.addresses, told);
  },
};

/** Rules that keep this host's place on the network as it is now; none for a state that the host is not in. */
export function rulesOfState(states: readonly StateName[], own: Interface): RuleToSend[] {
  return [...new Set(states)].map((state) => makers[state](own)).filter((rule) => rule !== undefined);
}
