import type { StandardModules } from "../controller/mod.ts";
import { standardModule, standardModuleNames } from "../modules/mod.ts";
import { inspectModule } from "./validate/guest-programs.ts";

/** The modules that netloom ships, as a controller asks for them. */
export const standardModules: StandardModules = {
  names: standardModuleNames(),
  read: async (name) => standardModule(name),
  inspect: inspectModule,
};
