import { existsSync, readdirSync, readFileSync } from "node:fs";
import { middleboxes, middleboxTypes, ProblemError, standardPlugin } from "../schemas/mod.ts";
import { type AssemblyScriptOptions, buildAssemblyScript } from "./build-assemblyscript.ts";

/** Where the sources are. Neither rules nor customizations allocate while they work, but a customization's host does. */
const sources: readonly { folder: URL; runtime: NonNullable<AssemblyScriptOptions["runtime"]> }[] = [
  { folder: new URL("../../modules/rules/", import.meta.url), runtime: "stub" },
  { folder: new URL("../../modules/customizations/", import.meta.url), runtime: "minimal" },
];
/** By type of middlebox, a folder each. */
const plugins = new URL("../../modules/customizations/", import.meta.url);
const built = new URL("../../modules/standard/", import.meta.url);

/** Names of the rules and customizations that come with Netloom; docs/ says what each does. */
export function standardModuleNames(): string[] {
  return namesIn(built, ".wasm");
}

/** The built module of that name ("icmp-echo"), or undefined when there is none. */
export function standardModule(name: string): Uint8Array | undefined {
  const file = new URL(`${name}.wasm`, built);
  return /^[a-z0-9-]+$/.test(name) && existsSync(file) ? readFileSync(file) : undefined;
}

/** Names of the plug-ins that come with Netloom, by type of middlebox: "wireshark/dns-tag-front.lua". */
export function standardPluginNames(): string[] {
  return middleboxTypes.flatMap((type) => {
    const { ending } = middleboxes[type];
    return namesIn(new URL(`${type}/`, plugins), ending).map((name) => standardPlugin(type, name));
  });
}

/** The plug-in of that name, or undefined when there is none. */
export function standardPluginFile(name: string): Uint8Array | undefined {
  return standardPluginNames().includes(name) ? readFileSync(new URL(name, plugins)) : undefined;
}

/** Builds every one of them anew: path from the repository's root, and what should be there. */
export async function buildStandardModules(): Promise<Map<string, Uint8Array>> {
  const modules = new Map<string, Uint8Array>();
  for (const { folder, runtime } of sources) {
    for (const name of namesIn(folder, ".ts")) {
      const build = await buildAssemblyScript(new URL(`${name}.ts`, folder).pathname, { runtime });
      if (build.kind === "failed") throw new ProblemError(build.problem);
      modules.set(`modules/standard/${name}.wasm`, build.wasm);
    }
  }
  return modules;
}

function namesIn(folder: URL, ending: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();
}
