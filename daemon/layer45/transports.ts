import type { LoopContext } from "../worker/mod.ts";
import { AbsentTransport } from "./absent-transport.ts";
import type { Transport } from "./transport.ts";

export type Protocol = "UDP" | "TCP";

/** The transports of this netloom, a line each. */
export function makeTransports(_context: LoopContext): Record<Protocol, Transport> {
  return { UDP: new AbsentTransport("UDP"), TCP: new AbsentTransport("TCP") };
}
