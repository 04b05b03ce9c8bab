/**
 * Brings a fleet to what its source says: sources, objects to units (`compile/`), units to commands (`diff`), commands to
 * hosts (`fleet`, `act`), and what comes of it (`status/`). May import: schemas, bus.
 */
export type { FleetEvent } from "./events.ts";
export type { Leadership } from "./leadership.ts";
export type { Log } from "./log.ts";
export type { StandardModules } from "./program-store.ts";
export { type News, Reconciler } from "./reconciler.ts";
export { type ControllerOptions, type RunningController, runController } from "./run-controller.ts";
export { SoleLeadership } from "./sole-leadership.ts";
export { openSource } from "./source/open-source.ts";
export type { Source, SourceOptions } from "./source/source.ts";
export type { Condition } from "./status/conditions.ts";
export { isReady, type ObjectStatus } from "./status/object-status.ts";
export type { SourceStatus } from "./status/source-status.ts";
export type { ControllerTimes } from "./times.ts";
