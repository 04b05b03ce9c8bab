import { readdirSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Problem, problem } from "../schemas/mod.ts";

export type Build = { kind: "built"; wasm: Uint8Array } | { kind: "failed"; problem: Problem };

export interface AssemblyScriptOptions {
  /**
   * stub: smallest and fastest, for rules that allocate nothing while they handle packets, for nothing is ever freed.
   * minimal: the host's blocks are freed, garbage is not: for customizations, of which the host may take many blocks.
   * incremental: with AssemblyScript's garbage collector. By default incremental.
   */
  runtime?: "stub" | "minimal" | "incremental";
}

const sdk = fileURLToPath(new URL("../../modules/sdk/assembly/", import.meta.url));
/** What the compiler believes is a folder of libraries: in it the SDK has the name that rules import it by. */
const libraries = "netloom-libraries";

/**
 * Compiles a rule in AssemblyScript, which may import the SDK as "netloom". The same source gives the same bytes, wherever
 * it lies. Reads files under the source's folder, and writes none.
 */
export async function buildAssemblyScript(
  source: string,
  options: AssemblyScriptOptions = {},
): Promise<Build> {
  const { default: asc } = await import("assemblyscript/asc");
  const folder = dirname(resolve(source));
  let wasm: Uint8Array | undefined;
  let diagnostics = "";
  const { error } = await asc.main(
    [
      ...[resolve(source).slice(folder.length + 1), "--baseDir", folder, "--lib", libraries],
      ...[
        "--outFile",
        "module.wasm",
        "-O3",
        "--runtime",
        options.runtime ?? "incremental",
        "--use",
        "abort=",
      ],
      // A configuration file beside the source would make the same source give other bytes.
      ...["--config", "none"],
    ],
    {
      readFile: (name, base) => readSource(base, name),
      listFiles: (name) => (name.endsWith(libraries) ? sdkFiles() : []),
      writeFile: (_name, content) => {
        if (typeof content !== "string") wasm = content;
      },
      stdout: { write: () => true },
      stderr: {
        write: (text) => {
          diagnostics += text;
          return true;
        },
      },
    },
  );
  if (wasm && !error) return { kind: "built", wasm };
  const reason = diagnostics.trim() || (error?.message ?? "the compiler gave no module");
  return { kind: "failed", problem: problem("module.build-failed", { source, reason }) };
}

function sdkFiles(): string[] {
  return readdirSync(sdk)
    .sort()
    .map((file) => `netloom/${file}`);
}

function readSource(base: string, name: string): string | null {
  const path = base.endsWith(libraries) ? resolve(sdk, name.replace(/^netloom\//, "")) : resolve(base, name);
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    // The compiler tries several names for one import and takes null for "not there".
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
