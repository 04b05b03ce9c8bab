import { type CompiledModule, compileModule, customizationAbi } from "../../modules/mod.ts";
import { fail, type Problem, ProblemError } from "../../schemas/mod.ts";
import type { LoadedUnit } from "../engine.ts";

/** The module of a unit, checked. Throws `unit.invalid`, `artifact.missing` and `module.*`. */
export function compileCustomization({ unit, artifacts }: LoadedUnit): CompiledModule {
  const artifact = unit.artifacts.find(({ name }) => name === "module");
  if (!artifact) return fail("unit.invalid", { unit: unit.id, reason: 'it has no artifact "module"' });
  const bytes = artifacts.get("module") ?? fail("artifact.missing", { digest: artifact.digest });
  const result = compileModule(bytes, customizationAbi, unit.id);
  if (result.kind === "refused") throw new ProblemError(result.problems[0] as Problem);
  return result.module;
}
