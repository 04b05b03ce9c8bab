import {
  type Abi,
  type CompiledModule,
  compileModule,
  customizationAbi,
  Guest,
  type GuestOptions,
  sleepAbi,
  standardModule,
  standardModuleNames,
  standardPluginFile,
  standardPluginNames,
  streamAbi,
} from "../../modules/mod.ts";
import {
  canonicalJson,
  type MeaningContext,
  type ModuleInspection,
  type ModuleUse,
  type Problem,
  ProblemError,
  problem,
} from "../../schemas/mod.ts";

/** What checking the meaning of objects needs to know of guest programs. */
export const guestPrograms: Pick<MeaningContext, "standardModule" | "standardModules" | "inspectModule"> = {
  standardModules: [...standardModuleNames(), ...standardPluginNames()],
  standardModule: (name) => Promise.resolve(standardModule(name) ?? standardPluginFile(name)),
  inspectModule,
};

/** Exports that guests must have whose ABI is not fixed further than by name. */
const exportsByName = {
  sleep: [],
  stream: [],
  layer45: [],
  function: ["handle"],
} as const;

const abis: Partial<Record<ModuleUse, Abi>> = {
  sleep: sleepAbi,
  stream: streamAbi,
  layer45: customizationAbi,
};

/**
 * Judges a module against the ABI of what it is used for, without running any of it. Modules that netloom ships can be
 * asked about their configuration too: those are known to return.
 */
export function inspectModule(bytes: Uint8Array, use: ModuleUse, name: string): ModuleInspection {
  const abi = abis[use] ?? { name: use, required: {}, optional: {} };
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
  const shipped = use in abis && standardModule(name);
  if (!shipped || Buffer.compare(shipped, bytes) !== 0) return { problems, exports, memoryBytesMin };
  return { problems, exports, memoryBytesMin, checkConfig: configCheck(compilation.module) };
}

/** Answers are kept for so many configurations of one module: fleets have few, used many times. */
const answersMax = 1000;

function configCheck(module: CompiledModule): NonNullable<ModuleInspection["checkConfig"]> {
  const answers = new Map<string, Problem | undefined>();
  return (config, { raw, memoryBytes }) => {
    const key = canonicalJson([config, raw, memoryBytes]);
    if (answers.has(key)) return answers.get(key);
    if (answers.size >= answersMax) answers.clear();
    const answer = refusalOf(module, { config, raw, limits: { memoryBytes } });
    answers.set(key, answer);
    return answer;
  };
}

function refusalOf(module: CompiledModule, options: GuestOptions): Problem | undefined {
  try {
    new Guest(module, options);
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
}
