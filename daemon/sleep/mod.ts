/**
 * The sleep engine: a proxy that keeps the place of sleeping hosts on the network (docs/sleep.md).
 * May import: schemas, modules, daemon/engine.ts, daemon/worker, daemon/linux.
 */
export { sleepEngine } from "./engine.ts";
export { parseSecureOn } from "./magic-packet.ts";
