import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { problem } from "../schemas/mod.ts";
import type { Build } from "./build-assemblyscript.ts";

const sdk = fileURLToPath(new URL("../../modules/sdk/", import.meta.url));
const deadlineMs = 60_000;
const flags = [
  ...["--target=wasm32", "-std=c11", "-O3", "-mbulk-memory", "-nostdlib", "-fvisibility=hidden"],
  ...["-Wall", "-Wextra", `-I${sdk}`],
  ...["-Wl,--no-entry", "-Wl,--strip-all", "-Wl,-z,stack-size=16384"],
];

/** Compiles a rule in C with the clang and lld of the system; it may include "netloom.h". */
export async function buildC(source: string): Promise<Build> {
  const folder = await mkdtemp(join(tmpdir(), "netloom-build-"));
  try {
    const output = join(folder, "module.wasm");
    const reason = await runClang([...flags, "-o", output, source]);
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
