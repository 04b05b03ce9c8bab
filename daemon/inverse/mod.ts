/**
 * The engine of plug-ins by which middleboxes read customizations (docs/layer45.md, "Middleboxes").
 * May import: schemas, daemon/engine.ts, daemon/linux.
 */
export { inverseEngine } from "./inverse-engine.ts";
export type { PluginFolders } from "./plugin-places.ts";
