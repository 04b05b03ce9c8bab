import { isRetryable, type Problem, problem, problemOf } from "../problem.ts";
import { quantityBytes } from "../quantity.ts";
import type { RepositoryFile, Snapshot } from "../repository.ts";
import { type ArtifactUse, artifactBytesMax, type ModuleUse } from "./artifact-uses.ts";
import { type Fault, fault } from "./fault.ts";
import type { Suggester } from "./suggester.ts";

/** What a module shows of itself without being run. */
export interface ModuleInspection {
  problems: Problem[];
  /** Names of its exports; empty when it cannot be read. */
  exports: ReadonlySet<string>;
  memoryBytesMin: number;
  /** What the module finds wrong with a configuration; only modules that netloom ships are asked, for this runs them. */
  checkConfig?(config: unknown, options: { raw: boolean; memoryBytes: number }): Problem | undefined;
}

/** What objects refer to besides each other. */
export interface MeaningContext {
  /** Artifacts are files of the same snapshot, by path from its root; nothing else is ever read. */
  files: Snapshot["files"];
  /** The content of a module or plug-in that netloom ships; undefined when there is none of that name. */
  standardModule(name: string): Promise<Uint8Array | undefined>;
  /** Names of all that netloom ships: of modules, and of plug-ins as `standardPlugin` makes them. */
  standardModules: readonly string[];
  /** Judges a module (modules/compile.ts); `name` is what problems call it. Without it, modules are not looked into. */
  inspectModule?(
    bytes: Uint8Array,
    use: ModuleUse,
    name: string,
  ): ModuleInspection | Promise<ModuleInspection>;
  /** Kept by the caller from one check to the next, so that files of the same version are not judged again. */
  inspections?: InspectionCache;
  /** Refs of objects that are declared but not valid: that they are missing is not told a second time. */
  broken?: ReadonlySet<string>;
}

/** What was found of each artifact, by what it is used for and its file's version. */
export type InspectionCache = Map<string, Inspected>;

interface Inspected {
  problems: Problem[];
  inspection?: ModuleInspection;
  text?: string;
}

/** Reads and judges artifacts, each file once however many objects name it. */
export class Artifacts {
  readonly #context: MeaningContext;
  readonly #inspections: InspectionCache;
  readonly #suggester: Suggester;
  readonly #used = new Set<string>();

  constructor(context: MeaningContext, suggester: Suggester) {
    this.#context = context;
    this.#suggester = suggester;
    this.#inspections = context.inspections ?? new Map();
  }

  async faultsOf(use: ArtifactUse): Promise<Fault[]> {
    const version = use.source === "file" ? this.#context.files.get(pathOf(use))?.version : "";
    const key = `${use.source} ${use.format} ${use.use ?? ""} ${use.name} ${version}`;
    this.#used.add(key);
    let inspected = this.#inspections.get(key);
    if (inspected === undefined) {
      inspected = await this.#inspect(use);
      this.#inspections.set(key, inspected);
    }
    const faults = [...inspected.problems, ...misfits(use, inspected)].map((found) => fault(use.path, found));
    return faults.length > 0 ? faults : [...configFaults(use, inspected)];
  }

  /** Forgets what this check had no use for. */
  prune(): void {
    for (const key of this.#inspections.keys()) if (!this.#used.has(key)) this.#inspections.delete(key);
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

  async #loadStandard({ name, format }: ArtifactUse): Promise<{ bytes: Uint8Array } | Problem> {
    const bytes = await this.#context.standardModule(name);
    if (bytes !== undefined) return { bytes };
    // Plug-ins for middleboxes are named by their type, too: "wireshark/dns-tag-front.lua".
    const isPlugin = format === "file";
    const known = this.#context.standardModules.filter((other) => other.includes("/") === isPlugin);
    return problem(
      isPlugin ? "meaning.unknown-plugin" : "meaning.unknown-standard",
      { name, known },
      { suggestion: this.#suggester.suggest(name, () => known) },
    );
  }

  async #loadFile(use: ArtifactUse): Promise<{ bytes: Uint8Array } | Problem> {
    const { name, format } = use;
    const path = pathOf(use);
    if (path.split("/").includes("..") || path.includes("\\")) {
      return problem("meaning.artifact-outside", { path: name });
    }
    const file = this.#context.files.get(path);
    if (file === undefined) {
      const suggestion = this.#suggester.suggest(path, () => nearbyPaths(path, this.#context.files));
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

function pathOf({ name }: ArtifactUse): string {
  return name.replace(/^(?:\.\/)+/, "");
}

/** A module has this when what it writes at one end is for the other end of it alone (decision 0016). */
const bothEndsExport = "both_ends";

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
  if (use.onlyEnd && inspection.exports.has(bothEndsExport)) {
    const lacks = use.onlyEnd === "sender" ? "receiver" : "sender";
    found.push(problem("meaning.end-missing", { module: use.name, has: use.onlyEnd, lacks }));
  }
  const memoryMax = use.memory === undefined ? undefined : quantityBytes(use.memory);
  if (memoryMax !== undefined && inspection.memoryBytesMin > memoryMax) {
    const data = { module: use.name, bytes: inspection.memoryBytesMin, max: memoryMax };
    found.push(problem("meaning.module-memory", data));
  }
  return found;
}

/** What a good artifact that fits finds wrong with its configuration. */
function* configFaults({ path, config, memory }: ArtifactUse, { inspection }: Inspected): Iterable<Fault> {
  const memoryBytes = memory === undefined ? undefined : quantityBytes(memory);
  if (config === undefined || memoryBytes === undefined) return;
  const refusal = inspection?.checkConfig?.(config.value, { raw: config.raw, memoryBytes });
  if (refusal) yield fault([...path.slice(0, -1), "config"], refusal);
}

/** Files with the same ending, in order of the snapshot. */
function* nearbyPaths(path: string, files: ReadonlyMap<string, RepositoryFile>): Iterable<string> {
  const ending = /\.[^./]*$/.exec(path)?.[0] ?? "";
  for (const other of files.keys()) if (other.endsWith(ending)) yield other;
}
