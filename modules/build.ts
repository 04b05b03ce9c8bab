import { extname } from "node:path";
import { problem } from "../schemas/mod.ts";
import { type AssemblyScriptOptions, type Build, buildAssemblyScript } from "./build-assemblyscript.ts";
import { buildC } from "./build-c.ts";

/** Compiles a rule in the language that its file's name ends with: ".ts" (AssemblyScript) or ".c". */
export async function buildModule(source: string, options: AssemblyScriptOptions = {}): Promise<Build> {
  switch (extname(source)) {
    case ".ts":
      return buildAssemblyScript(source, options);
    case ".c":
      return buildC(source);
    default:
      return {
        kind: "failed",
        problem: problem("module.build-failed", {
          source,
          reason: 'its name should end with ".ts" (AssemblyScript) or ".c"',
        }),
      };
  }
}
