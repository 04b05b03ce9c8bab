import { listInterfaces } from "../../daemon/linux/mod.ts";
import { fail } from "../../schemas/mod.ts";

/**
 * The MAC address that names this host to its proxy: of the interface asked for, or of the only one there can be meant.
 * Throws `host.interface`.
 */
export function ownMac(name: string | undefined): string {
  const fit = listInterfaces().filter(({ loopback, mac }) => !loopback && mac !== "");
  const names = fit.map((one) => one.name).join(", ") || "none";
  if (name !== undefined) {
    return fit.find((one) => one.name === name)?.mac ?? fail("host.interface", { is: `no "${name}"`, names });
  }
  // An interface without an address (the ports of a bridge, say) is not what the proxy stands in for.
  const addressed = fit.filter(({ addresses }) => addresses.length > 0);
  const [only, ...more] = addressed;
  if (only && more.length === 0) return only.mac;
  return fail("host.interface", { is: only ? "several interfaces" : "no interface with an address", names });
}
