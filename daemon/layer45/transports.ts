import type { LoopContext } from "../worker/mod.ts";
import { SharedOwners } from "./shared-owners.ts";
import { TcpTransport } from "./tcp/tcp-transport.ts";
import type { Transport } from "./transport.ts";
import { UdpTransport } from "./udp/udp-transport.ts";

export type Protocol = "UDP" | "TCP";

/** The transports of this netloom, a line each. */
export function makeTransports(context: LoopContext): Record<Protocol, Transport> {
  const owners = new SharedOwners(context);
  return { UDP: new UdpTransport(context, owners), TCP: new TcpTransport(context, owners) };
}
