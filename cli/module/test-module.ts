import { abiOf, customizationAbi, streamAbi } from "../../modules/mod.ts";
import { formatProblem, ProblemError } from "../../schemas/mod.ts";
import type { TestOptions } from "../module.ts";
import {
  isModulesFault,
  mebibyte,
  moduleBytes,
  positive,
  readConfig,
  readFile,
  type Trial,
} from "./module-under-test.ts";
import { testCustomization } from "./test-customization.ts";
import { testRule } from "./test-rule.ts";
import { testStreamRule } from "./test-stream-rule.ts";

/** Lets a module see a capture or a file's bytes and prints what it does. Returns the exit status. */
export async function testModule(name: string, input: string, options: TestOptions): Promise<number> {
  const limits = {
    memoryBytes: positive("--memory", options.memory) * mebibyte,
    limitMs: Math.ceil(positive("--time", options.time)),
  };
  const config = readConfig(options.config);
  const bytes = readFile(input);
  try {
    const wasm = await moduleBytes(name);
    const trial: Trial = { name, wasm, config, ...limits, clock: { nowMs: 0 } };
    switch (abiOf(wasm)) {
      case customizationAbi:
        return testCustomization(trial, input, bytes, options);
      case streamAbi:
        return testStreamRule(trial, input, bytes, options);
      default:
        return testRule(trial, input, bytes, options);
    }
  } catch (error) {
    if (!(error instanceof ProblemError) || !isModulesFault(error.problem)) throw error;
    process.stderr.write(`netloom: ${formatProblem(error.problem)}\n`);
    return 1;
  }
}
