import { writeFileSync } from "node:fs";
import { abiOf, buildModule, compileModule } from "../../modules/mod.ts";
import { formatProblem, type Problem } from "../../schemas/mod.ts";
import type { BuildOptions } from "../module.ts";

/** Builds a rule, checks it and writes the module. Returns the exit status. */
export async function buildAndWrite(source: string, { output, runtime }: BuildOptions): Promise<number> {
  const build = await buildModule(source, { runtime });
  if (build.kind === "failed") return refuse([build.problem]);
  const compilation = compileModule(build.wasm, abiOf(build.wasm), source);
  if (compilation.kind === "refused") return refuse(compilation.problems);
  const file = output ?? source.replace(/\.[^./]+$/, ".wasm");
  writeFileSync(file, build.wasm);
  process.stdout.write(`Wrote ${file}: ${build.wasm.length} bytes.\n`);
  return 0;
}

function refuse(problems: readonly Problem[]): number {
  for (const found of problems) process.stderr.write(`netloom: ${formatProblem(found)}\n`);
  return 1;
}
