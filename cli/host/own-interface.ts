import { type Interface, listInterfaces } from "../../daemon/linux/mod.ts";
import { fail } from "../../schemas/mod.ts";

/**
 * The interface whose MAC address names this host to its proxy: the one asked for, or the only one that can be meant.
 * Throws `host.interface`.
 */
export function ownInterface(name: string | undefined): Interface {
  const fit = listInterfaces().filter(({ loopback, mac }) => !loopback && mac !== "");
  const names = fit.map((one) => one.name).join(", ") || "none";
  if (name !== undefined) {
    return fit.find((one) => one.name === name) ?? fail("host.interface", { is: `no "${name}"`, names });
  }
  // An interface without an address (the port of a bridge, say) is not what the proxy stands in for.
  const [only, ...more] = fit.filter(({ addresses }) => addresses.length > 0);
  if (only && more.length === 0) return only;
  return fail("host.interface", { is: only ? "several interfaces" : "no interface with an address", names });
}
