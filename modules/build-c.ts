import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { problem } from "../schemas/mod.ts";
import type { Build } from "./build-assemblyscript.ts";

const sdk = fileURLToPath(new URL("../../modules/sdk/", import.meta.url));
const deadlineMs = 60_000;
const compileFlags = [
  ...["--target=wasm32", "-std=c11", "-O3", "-mbulk-memory", "-fvisibility=hidden"],
  ...["-Wall", "-Wextra", `-I${sdk}`, "-c"],
];
/** Without -O: clang that links what it optimizes also runs any `wasm-opt` in PATH, which may be too old or too new for it. */
const linkFlags = [
  ...["--target=wasm32", "-nostdlib", "-Wl,--no-entry", "-Wl,--strip-all", "-Wl,-z,stack-size=16384"],
];

/** Compiles a rule in C with the clang and lld of the system; it may include "netloom.h". */
export async function buildC(source: string): Promise<Build> {
  const folder = await mkdtemp(join(tmpdir(), "netloom-build-"));
  try {
    const output = join(folder, "module.wasm");
    const object = join(folder, "module.o");
    const reason =
      (await runClang([...compileFlags, "-o", object, source])) ??
      (await runClang([...linkFlags, "-o", output, object]));
    if (reason !== undefined)
      return { kind: "failed", problem: problem("module.build-failed", { source, reason }) };
    return { kind: "built", wasm: await readFile(output) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What went wrong, or undefined. */
function runClang(options: string[]): Promise<string | undefined> {
  return new Promise((done) => {
    execFile("clang", options, { timeout: deadlineMs }, (error, _output, diagnostics) => {
      if (!error) done(undefined);
      else if (error.code === "ENOENT") done("clang is not installed; install the packages clang and lld");
      else if (error.killed) done(`clang has not finished after ${deadlineMs / 1000} s`);
      else done(diagnostics.trim() || error.message);
    });
  });
}
