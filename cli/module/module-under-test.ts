import { existsSync, readFileSync } from "node:fs";
import {
  type Abi,
  buildModule,
  type CompiledModule,
  compileModule,
  type GuestOptions,
  standardModule,
} from "../../modules/mod.ts";
import { fail, type Problem, ProblemError } from "../../schemas/mod.ts";
import { withTimeLimit } from "./with-time-limit.ts";

export const mebibyte = 1024 * 1024;
const inputBytesMax = 256 * mebibyte;

/** What a module is tried with, of whichever kind it is. */
export interface Trial {
  name: string;
  wasm: Uint8Array;
  config: unknown;
  memoryBytes: number;
  /** The longest that a call may take. */
  limitMs: number;
  /** The guest's clock is read here; it is set to the input's before each call. */
  clock: { nowMs: number };
}

/** Makes a guest; what it says goes to stderr. Throws a `ProblemError` (`module.*`) when it is no such module or does not start. */
export function startGuest<T>(
  { name, wasm, config, memoryBytes, limitMs, clock }: Trial,
  abi: Abi,
  make: (module: CompiledModule, options: GuestOptions) => T,
): T {
  const compilation = compileModule(wasm, abi, name);
  if (compilation.kind === "refused") throw new ProblemError(compilation.problems[0] as Problem);
  const services = {
    nowMs: () => clock.nowMs,
    log: (text: string) => process.stderr.write(`${name}: ${text}\n`),
  };
  const { module } = compilation;
  const guest = withTimeLimit(() => make(module, { limits: { memoryBytes }, config, services }), limitMs);
  if (guest === "late") fail("module.too-slow", { module: name, call: "its start", limitMs });
  return guest;
}

/** A .wasm file, a source that is built first, or the name of a module that comes with Netloom. */
export async function moduleBytes(name: string): Promise<Uint8Array> {
  if (name.endsWith(".wasm")) return readFile(name);
  const standard = existsSync(name) ? undefined : standardModule(name);
  if (standard) return standard;
  const build = await buildModule(name);
  if (build.kind === "failed") throw new ProblemError(build.problem);
  return build.wasm;
}

/** Problems of the module itself, as against those of the files and options it is tried with. */
export function isModulesFault({ code }: Problem): boolean {
  return code.startsWith("module.") && code !== "module.file-unreadable" && code !== "module.option-invalid";
}

export function readFile(file: string): Uint8Array {
  try {
    const bytes = readFileSync(file);
    if (bytes.length > inputBytesMax)
      fail("module.file-unreadable", { file, reason: `it has more than ${inputBytesMax} bytes` });
    return bytes;
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    return fail("module.file-unreadable", { file, reason: (error as Error).message });
  }
}

export function readConfig(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const json = text.startsWith("@") ? Buffer.from(readFile(text.slice(1))).toString() : text;
  try {
    return JSON.parse(json);
  } catch (error) {
    return fail("module.option-invalid", { option: "--config", is: (error as Error).message, must: "JSON" });
  }
}

export function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value))
    fail("module.option-invalid", { option, is: JSON.stringify(text), must: "a number above 0" });
  return value;
}
