import { compileModule, sleepAbi, standardModule, standardModuleNames } from "../../modules/mod.ts";
import {
  type MeaningContext,
  type ModuleInspection,
  type ModuleUse,
  type Problem,
  problem,
} from "../../schemas/mod.ts";

/** What checking the meaning of objects needs to know of guest programs. */
export const guestPrograms: Pick<MeaningContext, "standardModule" | "standardModules" | "inspectModule"> = {
  standardModules: standardModuleNames(),
  standardModule: (name) => Promise.resolve(standardModule(name)),
  inspectModule,
};

/** Exports that guests must have whose ABI is not fixed further than by name. */
const exportsByName = {
  sleep: [],
  // layer-4.5 §2.2.2, table 2.3; state_report and sec_respond are asked for by those who use them.
  layer45: ["cust_send", "cust_recv"],
  function: ["handle"],
} as const;

/** Judges a module against the ABI of what it is used for, without running any of it. */
export function inspectModule(bytes: Uint8Array, use: ModuleUse, name: string): ModuleInspection {
  const abi = use === "sleep" ? sleepAbi : { name: use, required: {}, optional: {} };
  const compilation = compileModule(bytes, abi, name);
  if (compilation.kind === "refused") {
    return { problems: compilation.problems, exports: new Set(), memoryBytesMin: 0 };
  }
  const { exports, memoryBytesMin } = compilation.module;
  const problems: Problem[] = exportsByName[use]
    .filter((wanted) => !exports.has(wanted))
    .map((wanted) =>
      problem("module.export-missing", { module: name, abi: use, name: wanted, signature: `${wanted}(...)` }),
    );
  return { problems, exports, memoryBytesMin };
}
