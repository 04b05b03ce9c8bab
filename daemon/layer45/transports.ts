import type { LoopContext } from "../worker/mod.ts";
import { AbsentTransport } from "./absent-transport.ts";
import type { Transport } from "./transport.ts";
import { UdpTransport } from "./udp/udp-transport.ts";

export type Protocol = "UDP" | "TCP";

/** The transports of this netloom, a line each. */
export function makeTransports(context: LoopContext): Record<Protocol, Transport> {
  return { UDP: new UdpTransport(context), TCP: new AbsentTransport("TCP") };
}
