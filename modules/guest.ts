import { fail, type Problem, ProblemError, problem } from "../schemas/mod.ts";
import { type CompiledModule, pageBytes } from "./compile.ts";
import { GuestAbort, type GuestServices, guestImports, printable } from "./imports.ts";

export interface GuestOptions {
  /** What problems call it; by default the module's name. */
  name?: string;
  limits: { memoryBytes: number };
  /** Handed to the guest's `configure` as JSON text, `{}` by default; a module without that export gets none. */
  config?: unknown;
  /** The rule sees frames (from layer 2 on) and not network packets; told to the guest's `configure`. */
  raw?: boolean;
  /** This end of the flows receives; told to a customization's `configure`. */
  receiver?: boolean;
  /** Handed to the guest's `sec_initialize`, and its key overwritten with zeros in guest and host once it is there. */
  instance?: GuestInstance;
  services?: GuestServices;
}

/** What makes one installed module another than its like on other hosts (layer-4.5 §2.3): an id (u32), a key of 32 bytes. */
export interface GuestInstance {
  id: number;
  key: Uint8Array;
}

/** What a call into a guest comes to: the i32 it returned, or why it has none. Memory is as the trap left it. */
export type CallResult = number | Problem;
type GuestFunction = (...values: number[]) => number;

const noServices: GuestServices = {
  nowMs: () => Math.floor(performance.now()),
  log: () => undefined,
};
export const keyBytes = 32;
/** The input block is made at least this large at once, so that ordinary packets never make it grow. */
const inputBytesMin = 2048;

/**
 * One instance of a module: its memory, one block in it that carries input, and calls that end in values, never in
 * exceptions. What calls mean is the business of each ABI (`SleepGuest`).
 *
 * Every pointer the guest answers is checked by whoever reads it, against `bytes.length`. `bytes` is made anew when the
 * guest's memory has grown: read it again after each call.
 */
export class Guest {
  readonly module: CompiledModule;
  readonly name: string;
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  readonly #memory: WebAssembly.Memory;
  readonly #exports: Readonly<Record<string, GuestFunction | undefined>>;
  #input = 0;
  #inputBytes = 0;

  /** Throws a `ProblemError` (`module.*`) when the module does not start, or refuses its configuration. */
  constructor(module: CompiledModule, options: GuestOptions) {
    this.module = module;
    this.name = options.name ?? module.name;
    const memoryPages = Math.min(Math.floor(options.limits.memoryBytes / pageBytes), 65_536);
    if (module.memoryBytesMin > memoryPages * pageBytes) {
      const sizes = { bytes: module.memoryBytesMin, bytesMax: options.limits.memoryBytes };
      fail("module.memory-limit", { module: this.name, ...sizes });
    }
    const memory = () => (this.bytes.length > 0 ? this.bytes : this.#view());
    const imports = guestImports(module.imports, memory, options.services ?? noServices);
    const instance = this.#instantiate(module.bounded(memoryPages), imports);
    this.#exports = instance.exports as Record<string, GuestFunction | undefined>;
    this.#memory = instance.exports.memory as WebAssembly.Memory;
    this.#view();
    this.#start(options);
  }

  has(name: string): boolean {
    return this.module.exports.has(name);
  }

  /** An export as a function that the hot path can keep; to be run by `run`. */
  entry(name: string): GuestFunction {
    const found = this.#exports[name];
    if (!found) throw new Error(`the module exports no ${name}`);
    return found;
  }

  /** Calls into the guest with up to three integers and answers the (unsigned) integer it returns, or the trap. */
  run(entry: GuestFunction, call: string, first = 0, second = 0, third = 0): CallResult {
    let result: number;
    try {
      result = entry(first, second, third);
    } catch (error) {
      this.#refresh();
      return this.#trapped(call, error);
    }
    this.#refresh();
    return result >>> 0;
  }

  /**
   * Puts the length (u32, little-endian) and the bytes into the guest's input block and answers the block's address. The
   * block is allocated by the guest, and replaced when it is too small; it is the guest's to write to during the call.
   */
  put(source: Uint8Array, offset: number, length: number): CallResult {
    if (length + 4 > this.#inputBytes) {
      const failed = this.#enlargeInput(length + 4);
      if (failed) return failed;
    }
    const bytes = this.bytes;
    const at = this.#input;
    bytes[at] = length;
    bytes[at + 1] = length >>> 8;
    bytes[at + 2] = length >>> 16;
    bytes[at + 3] = length >>> 24;
    // A view and `set` copies several times faster than a loop, even counting the view's own making.
    bytes.set(
      offset === 0 && length === source.length ? source : source.subarray(offset, offset + length),
      at + 4,
    );
    return at;
  }

  /** Memory allocated by the guest, inside its bounds; to be given back by `release`. */
  allocate(length: number): CallResult {
    const pointer = this.run(this.entry("allocate"), "allocate", length);
    if (typeof pointer !== "number") return pointer;
    if (pointer === 0) return this.invalid("allocate", `it has no memory for ${length} bytes`);
    if (pointer + length > this.bytes.length)
      return this.invalid("allocate", `${length} bytes at ${pointer} are outside its memory`);
    return pointer;
  }

  release(pointer: number): Problem | undefined {
    const result = this.run(this.entry("deallocate"), "deallocate", pointer);
    return typeof result === "number" ? undefined : result;
  }

  invalid(call: string, reason: string): Problem {
    return problem("module.answer-invalid", { module: this.name, call, reason });
  }

  #enlargeInput(length: number): Problem | undefined {
    const wanted = Math.max(inputBytesMin, length);
    if (this.#inputBytes > 0) {
      this.#inputBytes = 0;
      const failed = this.release(this.#input);
      if (failed) return failed;
    }
    const pointer = this.allocate(wanted);
    if (typeof pointer !== "number") return pointer;
    this.#input = pointer;
    this.#inputBytes = wanted;
    return undefined;
  }

  #instantiate(
    module: WebAssembly.Module,
    imports: Record<string, Record<string, unknown>>,
  ): WebAssembly.Instance {
    try {
      return new WebAssembly.Instance(module, imports);
    } catch (error) {
      const reason = reasonOf(error);
      return fail("module.trapped", { module: this.name, call: "its start", reason });
    }
  }

  /** A reactor's `_initialize` (constructors of C), then id and key, then the configuration, then `initialize`. */
  #start(options: GuestOptions): void {
    if (this.has("_initialize")) this.#must("_initialize");
    if (options.instance) this.#handOverKey(options.instance);
    if (this.has("configure")) this.#configure(options);
    if (this.has("initialize")) this.#must("initialize");
  }

  #must(name: string, first = 0, second = 0, third = 0): number {
    return must(this.run(this.entry(name), name, first, second, third));
  }

  #handOverKey({ id, key }: GuestInstance): void {
    if (key.length !== keyBytes) throw new Error(`a key of ${key.length} bytes`);
    if (this.has("sec_initialize")) {
      const block = must(this.allocate(8 + keyBytes));
      const view = new DataView(this.bytes.buffer, block, 8);
      view.setUint32(0, 4 + keyBytes, true);
      view.setUint32(4, id, true);
      this.bytes.set(key, block + 8);
      key.fill(0);
      this.#must("sec_initialize", block);
      this.bytes.fill(0, block, block + 8 + keyBytes);
      must(this.release(block) ?? 0);
    } else key.fill(0);
  }

  #configure(options: GuestOptions): void {
    const text = Buffer.from(JSON.stringify(options.config ?? {}));
    const pointer = must(this.allocate(Math.max(1, text.length)));
    this.bytes.set(text, pointer);
    const refusal = this.#must("configure", pointer, text.length, options.raw || options.receiver ? 1 : 0);
    if (refusal !== 0) fail("module.config-refused", { module: this.name, reason: this.#text(refusal) });
    must(this.release(pointer) ?? 0);
  }

  /** A text the guest points to: its length in bytes as u32, then UTF-8. */
  #text(pointer: number): string {
    if (pointer + 4 > this.bytes.length) return "(its message is outside its memory)";
    const length = new DataView(this.bytes.buffer).getUint32(pointer, true);
    const end = Math.min(pointer + 4 + Math.min(length, 1024), this.bytes.length);
    return printable(new TextDecoder().decode(this.bytes.subarray(pointer + 4, end)));
  }

  /** Growth detaches the old buffer, whose views then have no length. */
  #refresh(): void {
    if (this.bytes.length === 0) this.#view();
  }

  #view(): Uint8Array {
    if (this.#memory) this.bytes = new Uint8Array(this.#memory.buffer);
    return this.bytes;
  }

  #trapped(call: string, error: unknown): Problem {
    return problem("module.trapped", { module: this.name, call, reason: reasonOf(error) });
  }
}

/** While a guest is being made, what it does wrong ends its making. */
function must(result: CallResult): number {
  if (typeof result === "number") return result;
  throw new ProblemError(result);
}

/** Whatever a guest's code throws is the guest's fault: traps, exhausted stacks, its own exceptions, its abort. */
function reasonOf(error: unknown): string {
  if (error instanceof GuestAbort) return error.message;
  return error instanceof Error ? error.message : "it threw an exception";
}
