import type { StandardModules } from "../controller/mod.ts";
import {
  standardModule,
  standardModuleNames,
  standardPluginFile,
  standardPluginNames,
} from "../modules/mod.ts";
import { inspectModule } from "./validate/guest-programs.ts";

/** The modules and plug-ins that netloom ships, as a controller asks for them. */
export const standardModules: StandardModules = {
  names: [...standardModuleNames(), ...standardPluginNames()],
  read: async (name) => standardModule(name) ?? standardPluginFile(name),
  inspect: inspectModule,
};
