import type { Engine } from "./engine.ts";
import { layer45Engine, type PluginFolders } from "./layer45/mod.ts";
import { sleepEngine } from "./sleep/mod.ts";

export interface EnginesOptions {
  /** Where plug-ins for middleboxes go, where that is not the place in which the middlebox itself looks. */
  plugins?: PluginFolders;
}

/** The engines of this netloom, a line each. A host reports those that are not here as not available. */
export function makeEngines(options: EnginesOptions = {}): Engine[] {
  return [sleepEngine(), layer45Engine(options)];
}
