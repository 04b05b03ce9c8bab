import type { NetloomObject } from "../generated/objects.ts";
import type { FieldPath } from "../parse/field-path.ts";
import { suggest } from "../parse/suggest.ts";
import { isRetryable, type Problem, problem, problemOf } from "../problem.ts";
import { quantityBytes } from "../quantity.ts";
import type { RepositoryFile, Snapshot } from "../repository.ts";
import { type Fault, fault } from "./fault.ts";

/** What a WebAssembly module is used for, and so what it has to export. */
export type ModuleUse = "sleep" | "layer45" | "function";

/** What a module shows of itself without being run. */
export interface ModuleInspection {
  problems: Problem[];
  /** Names of its exports; empty when it cannot be read. */
  exports: ReadonlySet<string>;
  memoryBytesMin: number;
}

/** What objects refer to besides each other. */
export interface MeaningContext {
  /** Artifacts are files of the same snapshot, by path from its root; nothing else is ever read. */
  files: Snapshot["files"];
  /** The content of a module that netloom ships; undefined when there is none of that name. */
  standardModule(name: string): Promise<Uint8Array | undefined>;
  /** Names of all modules that netloom ships. */
  standardModules: readonly string[];
  /** Judges a module (modules/compile.ts); `name` is what problems call it. Without it, modules are not looked into. */
  inspectModule?(
    bytes: Uint8Array,
    use: ModuleUse,
    name: string,
  ): ModuleInspection | Promise<ModuleInspection>;
  /** Refs of objects that are declared but not valid: that they are missing is not told a second time. */
  broken?: ReadonlySet<string>;
}

export const artifactBytesMax = {
  wasm: 8 * 2 ** 20,
  lua: 2 ** 18,
  javascript: 2 ** 20,
  file: 2 ** 20,
} as const;

/** A program that an object names. */
interface ArtifactUse {
  path: FieldPath;
  source: "file" | "standard";
  name: string;
  format: keyof typeof artifactBytesMax;
  use?: ModuleUse;
  /** Function that a script must define, by plain look at its text. */
  defines?: string;
  /** Exports that what the object asks for needs, and why. */
  needs: { name: string; because: string }[];
  memory?: string;
}

/** Every artifact that an object names. */
export function artifactsOf(object: NetloomObject): ArtifactUse[] {
  switch (object.kind) {
    case "Rule": {
      const { program, limits, sleepProxy } = object.spec;
      const needs = sleepProxy?.interval ? [{ name: "on_timer", because: "spec.sleepProxy.interval" }] : [];
      const shared = { use: "sleep" as const, needs, memory: limits.memory };
      return [
        ...named(["spec", "program"], program, shared),
        ...scripts(["spec", "program", "lua"], program.lua, "lua", program.function ?? "process_packet"),
      ];
    }
    case "Customization": {
      const { module, limits, security, inverse = [] } = object.spec;
      const needs = security ? [{ name: "sec_respond", because: "spec.security" }] : [];
      const files = inverse.flatMap(({ file }, index) =>
        scripts(["spec", "inverse", index, "file"], file, "file"),
      );
      return [
        ...named(["spec", "module"], module, { use: "layer45", needs, memory: limits.memory }),
        ...files,
      ];
    }
    case "MonitoringFunction": {
      const { function: program, limits } = object.spec;
      const path = ["spec", "function"];
      return [
        ...named(path, { wasm: program.wasm }, { use: "function", needs: [], memory: limits.memory }),
        ...scripts([...path, "javascript"], program.javascript, "javascript", "handle"),
      ];
    }
    default:
      return [];
  }
}

function named(
  path: FieldPath,
  program: { wasm?: string | undefined; standard?: string | undefined },
  shared: Pick<ArtifactUse, "use" | "needs" | "memory">,
): ArtifactUse[] {
  const { wasm, standard } = program;
  const found: ArtifactUse[] = [];
  if (wasm !== undefined) {
    found.push({ path: [...path, "wasm"], source: "file", name: wasm, format: "wasm", ...shared });
  }
  if (standard !== undefined) {
    found.push({
      path: [...path, "standard"],
      source: "standard",
      name: standard,
      format: "wasm",
      ...shared,
    });
  }
  return found;
}

function scripts(
  path: FieldPath,
  name: string | undefined,
  format: ArtifactUse["format"],
  defines?: string,
): ArtifactUse[] {
  if (name === undefined) return [];
  return [{ path, source: "file", name, format, needs: [], ...(defines && { defines }) }];
}

interface Inspected {
  problems: Problem[];
  inspection?: ModuleInspection;
  text?: string;
}

/** Reads and judges artifacts, each file once however many objects name it. */
export class Artifacts {
  readonly #context: MeaningContext;
  readonly #inspected = new Map<string, Inspected>();

  constructor(context: MeaningContext) {
    this.#context = context;
  }

  async faultsOf(use: ArtifactUse): Promise<Fault[]> {
    const key = `${use.source} ${use.format} ${use.use ?? ""} ${use.name}`;
    let inspected = this.#inspected.get(key);
    if (inspected === undefined) {
      inspected = await this.#inspect(use);
      this.#inspected.set(key, inspected);
    }
    return [...inspected.problems, ...misfits(use, inspected)].map((found) => fault(use.path, found));
  }

  async #inspect(use: ArtifactUse): Promise<Inspected> {
    const loaded = await (use.source === "standard" ? this.#loadStandard(use) : this.#loadFile(use));
    if ("code" in loaded) return { problems: [loaded] };
    if (use.use !== undefined) {
      const inspection = await this.#context.inspectModule?.(loaded.bytes, use.use, use.name);
      return inspection === undefined ? { problems: [] } : { problems: inspection.problems, inspection };
    }
    try {
      return { problems: [], text: new TextDecoder("utf-8", { fatal: true }).decode(loaded.bytes) };
    } catch {
      return { problems: [problem("meaning.artifact-not-text", { path: use.name })] };
    }
  }

  async #loadStandard({ name }: ArtifactUse): Promise<{ bytes: Uint8Array } | Problem> {
    const bytes = await this.#context.standardModule(name);
    if (bytes !== undefined) return { bytes };
    const known = this.#context.standardModules;
    return problem(
      "meaning.unknown-standard",
      { name, known: [...known] },
      { suggestion: suggest(name, known) },
    );
  }

  async #loadFile({ name, format }: ArtifactUse): Promise<{ bytes: Uint8Array } | Problem> {
    const path = name.replace(/^(?:\.\/)+/, "");
    if (path.split("/").includes("..") || path.includes("\\")) {
      return problem("meaning.artifact-outside", { path: name });
    }
    const file = this.#context.files.get(path);
    if (file === undefined) {
      const suggestion = suggest(path, nearbyPaths(path, this.#context.files));
      return problem("meaning.artifact-missing", { path: name }, { suggestion });
    }
    const max = artifactBytesMax[format];
    if (file.bytes > max)
      return problem("meaning.artifact-too-large", { path: name, bytes: file.bytes, max });
    try {
      return { bytes: await file.read() };
    } catch (error) {
      // What a source lists and cannot give (an LFS pointer, a link out of it) is a fault of the object that names it.
      const found = problemOf(error);
      if (found.code === "internal" || isRetryable(found)) throw error;
      return found;
    }
  }
}

/** What is wrong with a good artifact for this one use. */
function misfits(use: ArtifactUse, { inspection, text }: Inspected): Problem[] {
  const found: Problem[] = [];
  if (use.defines !== undefined && text !== undefined && !new RegExp(`\\b${use.defines}\\b`).test(text)) {
    found.push(problem("meaning.function-missing", { path: use.name, function: use.defines }));
  }
  if (inspection === undefined || inspection.problems.length > 0) return found;
  for (const { name, because } of use.needs) {
    if (inspection.exports.has(name)) continue;
    found.push(problem("meaning.export-needed", { module: use.name, name, because }));
  }
  const memoryMax = use.memory === undefined ? undefined : quantityBytes(use.memory);
  if (memoryMax !== undefined && inspection.memoryBytesMin > memoryMax) {
    const data = { module: use.name, bytes: inspection.memoryBytesMin, max: memoryMax };
    found.push(problem("meaning.module-memory", data));
  }
  return found;
}

const suggestionsLookedAtMax = 5_000;

/** Files with the same ending, in order of the snapshot. */
function nearbyPaths(path: string, files: ReadonlyMap<string, RepositoryFile>): string[] {
  const ending = /\.[^./]*$/.exec(path)?.[0] ?? "";
  const found: string[] = [];
  for (const other of files.keys()) {
    if (other.endsWith(ending)) found.push(other);
    if (found.length >= suggestionsLookedAtMax) break;
  }
  return found;
}
