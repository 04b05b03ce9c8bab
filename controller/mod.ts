/**
 * Brings a fleet to what its source says: sources, objects to units (`compile/`), units to commands (`diff`), commands to
 * hosts (`fleet`, `act`), the order in which customizations change (`rotation/`), whether their modules
 * are what they were (`security/`), and what comes of it (`status/`). May import: schemas, bus.
 */
export type * from "./api/replies.ts";
export { type ApiServer, serveApi } from "./api/server.ts";
export {
  checkSocketFolder,
  parseServerAddress,
  type ServerAddress,
} from "./api/server-address.ts";
export { Compiler } from "./compile/compiler.ts";
export { diff, type PlannedCommand, unitOf } from "./diff.ts";
export type { FleetEvent } from "./events.ts";
export { Intake } from "./intake.ts";
export type { Leadership } from "./leadership.ts";
export type { Log } from "./log.ts";
export type { HostPlan } from "./plan.ts";
export type { StandardModules } from "./program-store.ts";
export { type News, Reconciler } from "./reconciler.ts";
export { type ControllerOptions, type RunningController, runController } from "./run-controller.ts";
export type { InstanceOf } from "./security/instance.ts";
export { masterSecretOf } from "./security/master-secret.ts";
export { SoleLeadership } from "./sole-leadership.ts";
export { type Mirror, mirrorSource } from "./source/mirror.ts";
export { openSource } from "./source/open-source.ts";
export type { Source, SourceOptions } from "./source/source.ts";
export type { Condition } from "./status/conditions.ts";
export { isReady, isStalled, type ObjectStatus } from "./status/object-status.ts";
export type { SourceStatus } from "./status/source-status.ts";
export type { ControllerTimes } from "./times.ts";
