/**
 * What a controller needs for middleboxes that cannot read customized messages: runs modules on copies of those, apart from
 * everything else. May import: schemas, modules.
 */
export { WorkerReader } from "./worker-reader.ts";
