import type { Interface } from "../../daemon/linux/mod.ts";
import { standardModule } from "../../modules/mod.ts";
import { addressText, wholePrefix } from "../../schemas/mod.ts";
import type { DhcpLease } from "./dhcp-lease.ts";
import type { RuleToSend } from "./read-rules.ts";

const intervalMaxS = 60;
/** What dhcp-renew asks for is "well below an eighth". */
const intervalsPerLease = 16;

/**
 * The rule that renews the lease; undefined when the address is none of the interface's. Half of the lease counts as gone,
 * whenever it began, so that it is renewed as soon as the host sleeps, and the server says how long it lasts then.
 */
export function dhcpRule(
  own: Pick<Interface, "mac" | "addresses">,
  { address, server, leaseSeconds, clientId }: DhcpLease,
  hostname: string,
): RuleToSend | undefined {
  if (!own.addresses.some(({ bytes }) => addressText(bytes) === address)) return undefined;
  const config = {
    address,
    server,
    mac: own.mac,
    lease: leaseSeconds,
    elapsed: Math.ceil(leaseSeconds / 2),
    ...(clientId !== undefined && { clientId }),
    hostname,
  };
  const interval = Math.max(1, Math.min(intervalMaxS, Math.floor(leaseSeconds / intervalsPerLease)));
  // A refusal is broadcast.
  const addresses = [wholePrefix(address), "255.255.255.255/32"];
  const rule = { UDP: { addresses, port: 68, interval, config } };
  return { rule, module: standardModule("dhcp-renew") as Uint8Array };
}
