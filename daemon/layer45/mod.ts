/**
 * The layer 4.5 engine: modules on the messages of live application flows (docs/layer45.md).
 * May import: schemas, modules, daemon/engine.ts, daemon/worker, daemon/linux.
 */
export { layer45Engine } from "./engine.ts";
