import { type EngineCapability, ProblemError } from "../../schemas/mod.ts";
import type { Engine } from "../engine.ts";
import { checkPacketSockets } from "../linux/mod.ts";
import { workerEngine } from "../worker/mod.ts";

/** The sleep engine: stands in for hosts that sleep, and answers for them by rules in WebAssembly. */
export function sleepEngine(): Engine {
  return workerEngine({ name: "sleep", script: new URL("./worker.js", import.meta.url), capability });
}

async function capability(): Promise<EngineCapability> {
  try {
    checkPacketSockets();
    return { engine: "sleep", available: true };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { engine: "sleep", available: false, reason: error.problem.message };
  }
}
