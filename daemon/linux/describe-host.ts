import { release } from "node:os";
import { addressText, type HostCapabilities } from "../../schemas/mod.ts";
import { type InterfaceAddress, listInterfaces } from "./interfaces.ts";

/** The kernel, and the interfaces of the calling thread's network namespace but for the loopback. */
export function describeHost(): Pick<HostCapabilities, "kernel" | "interfaces"> {
  const interfaces = listInterfaces()
    .filter(({ loopback }) => !loopback)
    .map(({ name, mac, up, addresses }) => ({ name, mac, up, addresses: addresses.map(prefixText) }));
  return { kernel: release(), interfaces };
}

/** "10.0.0.5/24", "fd00::5/64". */
function prefixText({ bytes, prefixBits }: InterfaceAddress): string {
  return `${addressText(bytes)}/${prefixBits}`;
}
