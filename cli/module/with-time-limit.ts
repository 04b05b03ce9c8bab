import { createContext, Script } from "node:vm";

const context = createContext({ call: undefined as unknown });
const script = new Script("call()");

/** Runs a call that may never return: the runtime ends scripts that take too long, and whatever they have called. */
export function withTimeLimit<T>(call: () => T, limitMs: number): T | "late" {
  context.call = call;
  try {
    return script.runInContext(context, { timeout: limitMs }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return "late";
    throw error;
  }
}
