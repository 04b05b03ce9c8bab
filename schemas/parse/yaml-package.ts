import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
let loaded: typeof import("yaml") | undefined;

/**
 * The `yaml` package, loaded when it is first needed: objects that the plain reader reads and that are valid never need
 * it, and it is a third of the time that checking one file takes.
 */
export function yamlPackage(): typeof import("yaml") {
  loaded ??= require("yaml") as typeof import("yaml");
  return loaded;
}
