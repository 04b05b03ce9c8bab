import { BinaryReader, MalformedBinary } from "./binary.ts";

/** What a module declares about itself, read from its binary without running any of it. */
export interface ModuleShape {
  imports: { module: string; name: string; kind: ExternKind; signature?: Signature }[];
  exports: ReadonlyMap<string, Exported>;
  /** Minimum and maximum in pages of 64 KiB. */
  memories: Limits[];
  /** Minimum and maximum in elements, with the type of the elements as it is written in the binary. */
  tables: (Limits & { element: number })[];
  sections: Section[];
}

export type ExternKind = "function" | "table" | "memory" | "global" | "other";
export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128" | "funcref" | "externref";

export interface Exported {
  kind: ExternKind;
  signature?: Signature;
}

export interface Signature {
  parameters: ValueType[];
  results: ValueType[];
}

export interface Limits {
  minimum: number;
  maximum?: number;
}

/** A section and where in the module it lies, its id and size included. */
export interface Section {
  id: number;
  start: number;
  end: number;
}

export const tableSection = 4;
export const memorySection = 5;

const headerBytes = 8;
const valueTypes = new Map<number, ValueType>([
  [0x7f, "i32"],
  [0x7e, "i64"],
  [0x7d, "f32"],
  [0x7c, "f64"],
  [0x7b, "v128"],
  [0x70, "funcref"],
  [0x6f, "externref"],
]);
const externKinds: readonly ExternKind[] = ["function", "table", "memory", "global"];

/**
 * Reads the shape of a module that the runtime has validated. What core specification 2.0 does not have (garbage-collected
 * types, shared or 64-bit memories, tables with initializers) throws `MalformedBinary`: such a module could take memory
 * of the host that no limit covers.
 */
export function readShape(bytes: Uint8Array): ModuleShape {
  const exports = new Map<string, Exported>();
  const shape: ModuleShape = { imports: [], exports, memories: [], tables: [], sections: [] };
  const types: Signature[] = [];
  const functions: number[] = [];
  const readers: Record<number, (reader: BinaryReader) => void> = {
    1: (reader) => types.push(...reader.vector(() => readSignature(reader))),
    2: (reader) => {
      for (const { typeIndex, ...imported } of reader.vector(() => readImport(reader))) {
        if (typeIndex !== undefined) functions.push(typeIndex);
        shape.imports.push(withSignature(imported, typeIndex, types));
      }
    },
    3: (reader) => functions.push(...reader.vector(() => reader.u32())),
    [tableSection]: (reader) => shape.tables.push(...reader.vector(() => readTable(reader))),
    [memorySection]: (reader) => shape.memories.push(...reader.vector(() => readLimits(reader))),
    7: (reader) => {
      reader.vector(() => {
        const name = reader.name();
        const kind = externKinds[reader.byte()] ?? "other";
        const index = reader.u32();
        const typeIndex = kind === "function" ? functions[index] : undefined;
        exports.set(name, withSignature({ kind }, typeIndex, types));
      });
    },
  };
  const reader = new BinaryReader(bytes, headerBytes);
  while (!reader.done) {
    const start = reader.position;
    const id = reader.byte();
    const length = reader.u32();
    const contentStart = reader.position;
    reader.skip(length);
    shape.sections.push({ id, start, end: reader.position });
    readers[id]?.(new BinaryReader(bytes, contentStart, reader.position));
  }
  if (shape.memories.length > 1) throw new MalformedBinary("it has more than one memory");
  return shape;
}

function readSignature(reader: BinaryReader): Signature {
  if (reader.byte() !== 0x60) throw new MalformedBinary("it defines a type that is not a function");
  const parameters = reader.vector(() => readValueType(reader));
  const results = reader.vector(() => readValueType(reader));
  return { parameters, results };
}

function readValueType(reader: BinaryReader): ValueType {
  const code = reader.byte();
  const type = valueTypes.get(code);
  if (!type) throw new MalformedBinary(`it uses the value type 0x${code.toString(16)}`);
  return type;
}

function readImport(reader: BinaryReader): {
  module: string;
  name: string;
  kind: ExternKind;
  typeIndex?: number;
} {
  const module = reader.name();
  const name = reader.name();
  const kind = externKinds[reader.byte()] ?? "other";
  switch (kind) {
    case "function":
      return { module, name, kind, typeIndex: reader.u32() };
    case "table":
      readTable(reader);
      return { module, name, kind };
    case "memory":
      readLimits(reader);
      return { module, name, kind };
    case "global":
      readValueType(reader);
      reader.skip(1);
      return { module, name, kind };
    default:
      throw new MalformedBinary(`it imports "${module}.${name}", which is of an unknown kind`);
  }
}

function readTable(reader: BinaryReader): Limits & { element: number } {
  const element = reader.byte();
  if (element !== 0x70 && element !== 0x6f)
    throw new MalformedBinary("it has a table of neither functions nor external references");
  return { element, ...readLimits(reader) };
}

function readLimits(reader: BinaryReader): Limits {
  const flags = reader.byte();
  if (flags > 1) throw new MalformedBinary("it has a shared or 64-bit memory or table");
  const minimum = reader.u32();
  return flags === 1 ? { minimum, maximum: reader.u32() } : { minimum };
}

function withSignature<T extends object>(
  what: T,
  typeIndex: number | undefined,
  types: Signature[],
): T & { signature?: Signature } {
  const signature = typeIndex === undefined ? undefined : types[typeIndex];
  return signature ? { ...what, signature } : what;
}
