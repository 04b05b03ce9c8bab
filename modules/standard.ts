import { existsSync, readdirSync, readFileSync } from "node:fs";
import { ProblemError } from "../schemas/mod.ts";
import { buildAssemblyScript } from "./build-assemblyscript.ts";

const sources = new URL("../../modules/rules/", import.meta.url);
const built = new URL("../../modules/standard/", import.meta.url);

/** Names of the rules that come with Netloom; docs/writing-modules.md lists what each does. */
export function standardModuleNames(): string[] {
  return namesIn(built, ".wasm");
}

/** The built module of a standard rule ("icmp-echo"), or undefined when there is none of that name. */
export function standardModule(name: string): Uint8Array | undefined {
  const file = new URL(`${name}.wasm`, built);
  return /^[a-z0-9-]+$/.test(name) && existsSync(file) ? readFileSync(file) : undefined;
}

/** Builds every standard rule anew: path from the repository's root, and what should be there. */
export async function buildStandardModules(): Promise<Map<string, Uint8Array>> {
  const modules = new Map<string, Uint8Array>();
  for (const name of namesIn(sources, ".ts")) {
    const build = await buildAssemblyScript(new URL(`${name}.ts`, sources).pathname, { runtime: "stub" });
    if (build.kind === "failed") throw new ProblemError(build.problem);
    modules.set(`modules/standard/${name}.wasm`, build.wasm);
  }
  return modules;
}

function namesIn(folder: URL, ending: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();
}
