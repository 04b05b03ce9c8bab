import { release } from "node:os";
import type { HostCapabilities } from "../../schemas/mod.ts";
import { type InterfaceAddress, listInterfaces } from "./interfaces.ts";

/** The kernel, and the interfaces of the calling thread's network namespace but for the loopback. */
export function describeHost(): Pick<HostCapabilities, "kernel" | "interfaces"> {
  const interfaces = listInterfaces()
    .filter(({ loopback }) => !loopback)
    .map(({ name, mac, up, addresses }) => ({ name, mac, up, addresses: addresses.map(addressText) }));
  return { kernel: release(), interfaces };
}

/** "10.0.0.5/24", "fd00::5/64". */
function addressText({ family, bytes, prefixBits }: InterfaceAddress): string {
  if (family === 4) return `${bytes.join(".")}/${prefixBits}`;
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[at * 2] as number) << 8) | (bytes[at * 2 + 1] as number)).toString(16),
  );
  // Node has no formatter of addresses, but its URLs write them in the form of RFC 5952.
  return `${new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1)}/${prefixBits}`;
}
