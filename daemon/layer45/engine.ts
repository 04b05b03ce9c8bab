import { type EngineCapability, ProblemError } from "../../schemas/mod.ts";
import type { Engine } from "../engine.ts";
import { checkPacketQueues } from "../linux/mod.ts";
import { workerEngine } from "../worker/mod.ts";

/** The layer 4.5 engine: modules on the messages between applications and their sockets. */
export function layer45Engine(): Engine {
  const script = new URL("./worker.js", import.meta.url);
  return workerEngine({ name: "layer45", script, capability });
}

/** Datagrams need queues of packets. What streams need besides is told by the units that need it. */
async function capability(): Promise<EngineCapability> {
  try {
    checkPacketQueues();
    return { engine: "layer45", available: true };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { engine: "layer45", available: false, reason: error.problem.message };
  }
}
