/**
 * The part of the WebAssembly JavaScript interface (https://webassembly.github.io/spec/js-api/) that the host uses.
 * Node's types leave it to the "dom" library, which would bring a browser's globals with it.
 */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
}
