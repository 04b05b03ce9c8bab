import type { MessagePort } from "node:worker_threads";
import { type Bus, memoryBus } from "../bus/mod.ts";
import type { Problem } from "../schemas/mod.ts";
import { startNatsBus } from "./nats-bus.ts";

/** How the daemon of a host gets onto the bus. */
export type WayToBus =
  | { kind: "memory"; port: MessagePort }
  /** The server is at this URL in the host's own namespace, once that is led to a socket of the lab. */
  | { kind: "nats"; url: string; socketPath: string };

/** The bus of a lab: embedded, or a real nats-server. */
export interface LabBus {
  /** For the lab and its controller. */
  bus: Bus;
  /** A new way for each start of a daemon. */
  way(): WayToBus;
  close(): Promise<void>;
}

export function startLabBus(options: { nats: boolean; onProblem(problem: Problem): void }): Promise<LabBus> {
  return options.nats ? startNatsBus(options) : Promise.resolve(embeddedBus(options));
}

function embeddedBus(options: { onProblem(problem: Problem): void }): LabBus {
  const bus = memoryBus(options);
  return { bus, way: () => ({ kind: "memory", port: bus.port() }), close: () => bus.close() };
}
