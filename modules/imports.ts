import type { ExternKind } from "./shape.ts";

/** What the host gives a guest beside its calls. */
export interface GuestServices {
  /** Milliseconds since a fixed but unspecified moment; never goes backwards. */
  nowMs(): number;
  /** A line the guest prints (WASI's stdout and stderr, `netloom.log`), cut at `logBytesMax`. */
  log(text: string): void;
}

export const logBytesMax = 1024;

/** The guest asked to end, or said that it cannot go on; the host treats it as a trap. */
export class GuestAbort extends Error {}

const wasi = "wasi_snapshot_preview1";
/** WASI error numbers (wasi_snapshot_preview1, `errno`). */
const errno = { success: 0, badf: 8, fault: 21, inval: 28, nosys: 52 } as const;
const vectorsMax = 64;

/**
 * Whether a module may import this. Guests see no network, files, clock or randomness but by these functions:
 * `netloom.now_ms`, `netloom.log`; what AssemblyScript's runtime asks for; and WASI's functions, so that a module built
 * by wasi-sdk loads unchanged, though of them only the harmless ones do anything.
 */
export function isImportAllowed(imported: { module: string; name: string; kind: ExternKind }): boolean {
  if (imported.kind !== "function") return false;
  if (imported.module === wasi) return true;
  return Object.hasOwn(ownImports, `${imported.module}.${imported.name}`);
}

type GuestFunction = (...values: never[]) => unknown;
type MakeFunction = (memory: () => Uint8Array, services: GuestServices) => GuestFunction;

const ownImports: Record<string, MakeFunction> = {
  "netloom.now_ms": (_, services) => () => services.nowMs(),
  "netloom.log": (memory, services) => (pointer: number, length: number) => {
    services.log(textAt(memory(), pointer >>> 0, length >>> 0));
  },
  "env.abort": (memory) => (message: number, file: number, line: number) => {
    const text = assemblyScriptString(memory(), message >>> 0);
    throw new GuestAbort(`abort: ${text} (${assemblyScriptString(memory(), file >>> 0)}:${line})`);
  },
  // AssemblyScript's Math.random asks for a seed: guests get the same one each time, so that runs can be repeated.
  "env.seed": () => () => 1,
  "env.emscripten_notify_memory_growth": () => () => undefined,
};

const wasiFunctions: Record<string, MakeFunction> = {
  proc_exit: () => (code: number) => {
    throw new GuestAbort(`it called exit(${code})`);
  },
  args_get: () => () => errno.success,
  args_sizes_get: (memory) => (count: number, size: number) => writeZeros(memory(), [count, size]),
  environ_get: () => () => errno.success,
  environ_sizes_get: (memory) => (count: number, size: number) => writeZeros(memory(), [count, size]),
  sched_yield: () => () => errno.success,
  fd_write: writeLog,
  clock_time_get: (memory, services) => (_clock: number, _precision: bigint, pointer: number) => {
    const nanoseconds = BigInt(Math.floor(services.nowMs())) * 1_000_000n;
    return write(memory(), pointer >>> 0, 8, (view) => view.setBigUint64(0, nanoseconds, true));
  },
  random_get: randomBytes,
};

/** The import object for one guest of what its module imports; `memory` must answer the guest's memory as it is now. */
export function guestImports(
  wanted: readonly { module: string; name: string }[],
  memory: () => Uint8Array,
  services: GuestServices,
): Record<string, Record<string, unknown>> {
  const imports: Record<string, Record<string, unknown>> = {};
  for (const { module, name } of wanted) {
    const make = module === wasi ? wasiFunction(name) : ownImports[`${module}.${name}`];
    imports[module] ??= {};
    imports[module][name] = make?.(memory, services);
  }
  return imports;
}

/** A function of WASI that does something; any other answers that it is not there, and descriptors are never open. */
function wasiFunction(name: string): MakeFunction {
  if (Object.hasOwn(wasiFunctions, name)) return wasiFunctions[name] as MakeFunction;
  const result = name.startsWith("fd_") ? errno.badf : errno.nosys;
  return () => () => result;
}

function writeLog(memory: () => Uint8Array, services: GuestServices): GuestFunction {
  return (_descriptor: number, vectors: number, count: number, written: number) => {
    const bytes = memory();
    if (count >>> 0 > vectorsMax) return errno.inval;
    if ((vectors >>> 0) + 8 * (count >>> 0) > bytes.length) return errno.fault;
    const view = new DataView(bytes.buffer);
    let total = 0;
    for (let index = 0; index < count; index++) {
      const pointer = view.getUint32((vectors >>> 0) + 8 * index, true);
      const length = view.getUint32((vectors >>> 0) + 8 * index + 4, true);
      if (pointer + length > bytes.length) return errno.fault;
      const text = textAt(bytes, pointer, length);
      // C libraries write a line's end by itself.
      if (text !== "") services.log(text);
      total += length;
    }
    return write(bytes, written >>> 0, 4, (target) => target.setUint32(0, total, true));
  };
}

/** Not random: the same bytes in every guest, so that a guest's behaviour depends on its packets alone. */
function randomBytes(memory: () => Uint8Array): GuestFunction {
  let state = 0x9e3779b9;
  return (pointer: number, length: number) => {
    const bytes = memory();
    const [start, end] = [pointer >>> 0, (pointer >>> 0) + (length >>> 0)];
    if (end > bytes.length) return errno.fault;
    for (let index = start; index < end; index++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      bytes[index] = state;
    }
    return errno.success;
  };
}

function writeZeros(bytes: Uint8Array, pointers: number[]): number {
  for (const pointer of pointers) {
    const result = write(bytes, pointer >>> 0, 4, (view) => view.setUint32(0, 0, true));
    if (result !== errno.success) return result;
  }
  return errno.success;
}

function write(bytes: Uint8Array, pointer: number, length: number, fill: (view: DataView) => void): number {
  if (pointer + length > bytes.length) return errno.fault;
  fill(new DataView(bytes.buffer, pointer, length));
  return errno.success;
}

function textAt(bytes: Uint8Array, pointer: number, length: number): string {
  return printable(
    new TextDecoder().decode(bytes.subarray(pointer, pointer + Math.min(length, logBytesMax))),
  );
}

/** A string of AssemblyScript's runtime: UTF-16, its length in bytes in the four bytes before it; null is 0. */
function assemblyScriptString(bytes: Uint8Array, pointer: number): string {
  if (pointer < 4 || pointer > bytes.length) return "?";
  const length = new DataView(bytes.buffer).getUint32(pointer - 4, true);
  const end = Math.min(pointer + Math.min(length, logBytesMax), bytes.length);
  return printable(new TextDecoder("utf-16le").decode(bytes.subarray(pointer, end)));
}

/** A guest's words on one line, without what a terminal would obey. */
export function printable(text: string): string {
  return text.trimEnd().replace(/\p{Cc}/gu, "\ufffd");
}
