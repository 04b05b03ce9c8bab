import type { Engine } from "./engine.ts";
import { layer45Engine } from "./layer45/mod.ts";
import { sleepEngine } from "./sleep/mod.ts";

/** The engines of this netloom, a line each. A host reports those that are not here as not available. */
export function makeEngines(): Engine[] {
  return [sleepEngine(), layer45Engine()];
}
