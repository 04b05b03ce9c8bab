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

/**
 * A customization in module text: one page of memory, blocks handed out from 1024 on (the context first), and what `parts`
 * adds or replaces. `$in` is the message and `$context` its context.
 */
export function customizationText(
  parts: { send?: string; receive?: string; more?: string; memory?: string; allocate?: string } = {},
): string {
  const allocate =
    parts.allocate ??
    `(local $at i32) (local.set $at (global.get $top))
     (global.set $top (i32.add (global.get $top) (i32.and (i32.add (local.get 0) (i32.const 15)) (i32.const -16))))
     (local.get $at)`;
  const receive =
    parts.receive &&
    `(func (export "cust_recv") (param $flow i32) (param $in i32) (param $context i32) (result i32) ${parts.receive})`;
  return `(module
    (memory (export "memory") ${parts.memory ?? "1"})
    (global $top (mut i32) (i32.const 1024))
    (func (export "allocate") (param i32) (result i32) ${allocate})
    (func (export "deallocate") (param i32))
    (func (export "cust_send") (param $flow i32) (param $in i32) (param $context i32) (result i32) ${parts.send ?? "(i32.const 0)"})
    ${receive ?? ""} ${parts.more ?? ""})`;
}

/** Little-endian integers as bytes. */
export function words(...values: number[]): Uint8Array {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => {
    bytes.writeUInt32LE(value >>> 0, 4 * index);
  });
  return bytes;
}
