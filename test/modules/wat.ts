import binaryen from "assemblyscript/binaryen";

/** A module from its text: for guests that no compiler would make. */
export function wat(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(binaryen.Features.All);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** A rule of the sleep proxy in module text: one page of memory, input at 1024, and what `parts` adds or replaces. */
export function ruleText(
  parts: { process?: string; more?: string; memory?: string; allocate?: string } = {},
): string {
  return `(module
    (memory (export "memory") ${parts.memory ?? "1"})
    (func (export "allocate") (param i32) (result i32) ${parts.allocate ?? "(i32.const 1024)"})
    (func (export "deallocate") (param i32))
    (func (export "process_packet") (param $in i32) (result i32) ${parts.process ?? "(i32.const 0)"})
    ${parts.more ?? ""})`;
}

/** Bytes that a module has in its memory at an address, as module text. */
export function wasmData(address: number, bytes: Uint8Array): string {
  const escaped = [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`);
  return `(data (i32.const ${address}) "${escaped.join("")}")`;
}
