/**
 * What engines share: running an engine's loop in a worker thread under a watchdog. `workerEngine` is the main thread's
 * side (an `Engine`), `runEngineLoop` the worker's (given an `EngineLoop`).
 * May import: schemas, daemon/engine.ts, daemon/linux.
 */

export { type WorkerEngineOptions, workerEngine } from "./engine.ts";
export type { EngineLoop, LoopContext } from "./engine-loop.ts";
export { runEngineLoop } from "./loop.ts";
export type { GuestGate } from "./shared.ts";
