/**
 * The daemon of one host: keeps its units on disk, carries commands out in its engines, reports what there is.
 * May import: schemas, bus, modules, and every folder in daemon/.
 */
export { type Daemon, type DaemonOptions, type DaemonStatus, startDaemon } from "./daemon.ts";
export type { Engine, EngineContext, Log } from "./engine.ts";
export { makeEngines } from "./engines.ts";
export { describeHost } from "./linux/mod.ts";
export type { ResponderOptions } from "./responder/mod.ts";
export { parseSecureOn } from "./sleep/mod.ts";
export { type StatusServer, serveStatus } from "./status-server.ts";
