import type { Engine } from "./engine.ts";
import { inverseEngine, type PluginFolders } from "./inverse/mod.ts";
import { layer45Engine } from "./layer45/mod.ts";
import { sleepEngine } from "./sleep/mod.ts";

export interface EnginesOptions {
  /** Where plug-ins for middleboxes go, where that is not the place in which the middlebox itself looks. */
  plugins?: PluginFolders;
}

/** The engines of this netloom, a line each. A host reports those that are not here as not available. */
export function makeEngines(options: EnginesOptions = {}): Engine[] {
  return [sleepEngine(), layer45Engine(), inverseEngine(options.plugins)];
}
