import { type Problem, problem } from "../schemas/mod.ts";
import { type Abi, customizationAbi, sleepAbi, streamAbi } from "./abi.ts";
import { MalformedBinary } from "./binary.ts";
import { boundModule } from "./bound.ts";
import { isImportAllowed } from "./imports.ts";
import { type Exported, type ModuleShape, readShape, type Signature } from "./shape.ts";

export const moduleBytesMax = 8 * 1024 * 1024;
export const pageBytes = 65_536;
/** A table's elements live in the host's heap, outside the guest's memory limit, so all together stay under this. */
const tableElementsMax = 65_536;
const tablesMax = 16;
/** How many memory limits of one module are kept compiled at once; fleets use one or two. */
const variantsMax = 8;

/** A module that was checked against an ABI; any number of guests can be made of it, each with limits of its own. */
export interface CompiledModule {
  /** What problems call it. */
  readonly name: string;
  readonly abi: Abi;
  /** Memory it starts with, before any growth. */
  readonly memoryBytesMin: number;
  readonly exports: ReadonlySet<string>;
  readonly imports: readonly { module: string; name: string }[];
  /** The module with its memory bounded to so many pages (not fewer than it starts with); compiled at the first call. */
  bounded(memoryPages: number): WebAssembly.Module;
}

export type Compilation =
  | { kind: "compiled"; module: CompiledModule }
  | { kind: "refused"; problems: Problem[] };

/**
 * Checks a WebAssembly binary against an ABI: well-formed, of core specification 2.0, with the ABI's exports in the
 * ABI's signatures, nothing imported but what guests are given (`imports.ts`), no table or memory out of bounds. All
 * problems are reported, not the first. No code of the module runs.
 */
export function compileModule(bytes: Uint8Array, abi: Abi, name = "program"): Compilation {
  if (bytes.length > moduleBytesMax) {
    const data = { module: name, is: `${bytes.length} bytes`, max: `${moduleBytesMax}` };
    return { kind: "refused", problems: [problem("module.too-large", data)] };
  }
  const shape = shapeOf(bytes);
  if ("reason" in shape)
    return {
      kind: "refused",
      problems: [problem("module.malformed", { module: name, reason: shape.reason })],
    };
  const problems = [
    ...importProblems(shape, name),
    ...exportProblems(shape, abi, name),
    ...sizeProblems(shape, name),
  ];
  if (problems.length > 0) return { kind: "refused", problems };
  return { kind: "compiled", module: compiled(bytes, shape, abi, name) };
}

/** The ABI that a module was written for, by its exports: it sees messages of flows, streams, or (all others) packets. */
export function abiOf(bytes: Uint8Array): Abi {
  const shape = shapeOf(bytes);
  if (!("exports" in shape)) return sleepAbi;
  if (customizationAbi.either?.some((name) => shape.exports.has(name))) return customizationAbi;
  return shape.exports.has("stream_data") ? streamAbi : sleepAbi;
}

function shapeOf(bytes: Uint8Array): ModuleShape | { reason: string } {
  try {
    // The runtime validates all of it, so that the reader of the shape sees well-formed binaries only.
    new WebAssembly.Module(bytes);
    return readShape(bytes);
  } catch (error) {
    if (error instanceof MalformedBinary) return { reason: error.message };
    const text = error instanceof Error ? error.message : String(error);
    return { reason: text.replace(/^WebAssembly\.Module\(\): /, "") };
  }
}

function compiled(bytes: Uint8Array, shape: ModuleShape, abi: Abi, name: string): CompiledModule {
  const own = Uint8Array.from(bytes);
  const variants = new Map<number, WebAssembly.Module>();
  const tableElements = Math.floor(tableElementsMax / Math.max(1, shape.tables.length));
  return {
    name,
    abi,
    memoryBytesMin: (shape.memories[0]?.minimum ?? 0) * pageBytes,
    exports: new Set(shape.exports.keys()),
    imports: shape.imports,
    bounded(memoryPages) {
      const known = variants.get(memoryPages);
      if (known) return known;
      const made = new WebAssembly.Module(boundModule(own, shape, { memoryPages, tableElements }));
      if (variants.size < variantsMax) variants.set(memoryPages, made);
      return made;
    },
  };
}

function importProblems(shape: ModuleShape, module: string): Problem[] {
  return shape.imports
    .filter((imported) => !isImportAllowed(imported))
    .map(({ module: from, name, kind }) =>
      problem("module.import-denied", { module, name: `${from}.${name}`, kind }),
    );
}

function exportProblems(shape: ModuleShape, abi: Abi, module: string): Problem[] {
  const found: Problem[] = [];
  const memory = shape.exports.get("memory");
  if (memory?.kind !== "memory") {
    const signature = "its memory under that name";
    found.push(problem("module.export-missing", { module, abi: abi.name, name: "memory", signature }));
  }
  for (const [name, allowed] of Object.entries({ ...abi.required, ...abi.optional })) {
    const exported = shape.exports.get(name);
    const signature = signatures(abi, name);
    if (!exported) {
      if (name in abi.required)
        found.push(problem("module.export-missing", { module, abi: abi.name, name, signature }));
    } else if (!allowed.some((one) => isSame(one, exported.signature))) {
      const is = formatExport(name, exported);
      found.push(problem("module.export-mismatch", { module, abi: abi.name, name, is, signature }));
    }
  }
  if (abi.either && !abi.either.some((name) => shape.exports.has(name))) {
    const [name = "", ...others] = abi.either;
    const signature = [name, ...others].map((one) => signatures(abi, one)).join(" or ");
    found.push(problem("module.export-missing", { module, abi: abi.name, name, signature }));
  }
  return found;
}

function signatures(abi: Abi, name: string): string {
  const allowed = abi.required[name] ?? abi.optional[name] ?? [];
  return allowed.map((one) => formatSignature(name, one)).join(" or ");
}

function sizeProblems(shape: ModuleShape, module: string): Problem[] {
  const elements = shape.tables.reduce((sum, table) => sum + table.minimum, 0);
  const largest = Math.max(0, ...shape.tables.map((table) => table.minimum));
  if (shape.tables.length > tablesMax) {
    const is = `${shape.tables.length} tables`;
    return [problem("module.too-large", { module, is, max: `${tablesMax}` })];
  }
  const elementsMax = Math.floor(tableElementsMax / Math.max(1, shape.tables.length));
  if (largest > elementsMax) {
    const is = `${elements} table elements`;
    return [problem("module.too-large", { module, is, max: `${elementsMax} in each table` })];
  }
  return [];
}

function isSame(wanted: Signature, is: Signature | undefined): boolean {
  return is !== undefined && formatSignature("", wanted) === formatSignature("", is);
}

function formatExport(name: string, exported: Exported): string {
  return exported.signature ? formatSignature(name, exported.signature) : `a ${exported.kind}`;
}

function formatSignature(name: string, { parameters, results }: Signature): string {
  return `${name}(${parameters.join(", ")}) -> ${results.length > 0 ? results.join(", ") : "nothing"}`;
}
