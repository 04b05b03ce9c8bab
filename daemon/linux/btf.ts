import { readFileSync } from "node:fs";
import { fail } from "../../schemas/mod.ts";

const reading = "read the kernel's types";
const vmlinux = "/sys/kernel/btf/vmlinux";
const magic = 0xeb9f;
const typeBytes = 12;
const memberBytes = 12;
const kinds = { struct: 4, union: 5, typedef: 8, func: 12 } as const;
/** Kinds that only stand for another type: typedef, volatile, const, restrict, type tag. */
const standIns: readonly number[] = [8, 9, 10, 11, 18];
/** Bytes behind a type's head, by kind: so many, and so many for each of its members (kernel: Documentation/bpf/btf.rst). */
const extraBytes: readonly (readonly [fixed: number, each: number])[] = [
  [0, 0],
  [4, 0],
  [0, 0],
  [12, 0],
  [0, memberBytes],
  [0, memberBytes],
  [0, 8],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 8],
  [4, 0],
  [0, 12],
  [0, 0],
  [4, 0],
  [0, 0],
  [0, 12],
];

/** A member of a kernel structure. */
export interface KernelField {
  /** Of its first byte. */
  offset: number;
  /** Of a bit field within that byte; undefined for whole bytes. */
  bits?: { shift: number; size: number };
}

/** The running kernel's own description of its structures and functions (BTF). */
export class KernelTypes {
  readonly #view: DataView;
  readonly #bytes: Buffer;
  readonly #strings: number;
  /** Where each type is, by its id. */
  readonly #types: number[] = [0];

  /** Throws `linux.unsupported` when the kernel has no such description. */
  static ofThisKernel(): KernelTypes {
    try {
      return new KernelTypes(readFileSync(vmlinux));
    } catch (error) {
      return fail("linux.unsupported", { what: reading, is: (error as Error).message }, { cause: error });
    }
  }

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (this.#view.getUint16(0, true) !== magic) throw new Error(`${vmlinux} is no BTF`);
    const header = this.#u32(4);
    const first = header + this.#u32(8);
    this.#strings = header + this.#u32(16);
    for (let at = first; at < first + this.#u32(12); ) {
      this.#types.push(at);
      const [fixed, each] = extraBytes[this.#kind(at)] ?? [0, 0];
      at += typeBytes + fixed + each * this.#count(at);
    }
  }

  /** The id of a function. Throws `linux.unsupported`. */
  functionId(name: string): number {
    return this.#find(kinds.func, name);
  }

  /** What a program for a tracepoint belongs to. Throws `linux.unsupported`. */
  tracepointId(name: string): number {
    return this.#find(kinds.typedef, `btf_trace_${name}`);
  }

  /** A member of a structure, or of a structure in it: "rx_opt.tstamp_ok". Throws `linux.unsupported`. */
  field(structure: string, path: string): KernelField {
    const found = this.#lookUp(structure, path);
    return found ?? fail("linux.unsupported", { what: reading, is: `${structure} has no ${path}` });
  }

  hasField(structure: string, path: string): boolean {
    return this.#lookUp(structure, path) !== undefined;
  }

  #lookUp(structure: string, path: string): KernelField | undefined {
    let id = this.#find(kinds.struct, structure);
    let bit = 0;
    let size = 0;
    for (const name of path.split(".")) {
      const found = this.#member(id, name);
      if (!found) return undefined;
      bit += found.bit;
      size = found.size;
      id = found.type;
    }
    const offset = bit >> 3;
    return size === 0 ? { offset } : { offset, bits: { shift: bit & 7, size } };
  }

  #find(kind: number, name: string): number {
    // Strings are there once each, so that names are compared by where they are.
    const offset = this.#bytes.indexOf(`\0${name}\0`, this.#strings, "latin1") + 1 - this.#strings;
    const id = this.#types.findIndex(
      (at, index) => index > 0 && this.#u32(at) === offset && this.#kind(at) === kind,
    );
    return id > 0 ? id : fail("linux.unsupported", { what: reading, is: `there is no ${name}` });
  }

  /** Looks into members without a name, too. Size 0: no bit field. */
  #member(structure: number, name: string): { bit: number; size: number; type: number } | undefined {
    const at = this.#types[this.#resolve(structure)] as number;
    if (this.#kind(at) !== kinds.struct && this.#kind(at) !== kinds.union) return undefined;
    const hasBitFields = this.#u32(at + 4) >>> 31 === 1;
    for (let index = 0; index < this.#count(at); index++) {
      const member = at + typeBytes + index * memberBytes;
      const packed = this.#u32(member + 8);
      const bit = hasBitFields ? packed & 0xff_ffff : packed;
      const type = this.#u32(member + 4);
      const is = this.#name(member);
      if (is === name) return { bit, size: hasBitFields ? packed >>> 24 : 0, type };
      const inside = is === "" ? this.#member(type, name) : undefined;
      if (inside) return { ...inside, bit: inside.bit + bit };
    }
    return undefined;
  }

  #resolve(id: number): number {
    let resolved = id;
    while (standIns.includes(this.#kind(this.#types[resolved] as number))) {
      resolved = this.#u32((this.#types[resolved] as number) + 8);
    }
    return resolved;
  }

  #u32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  #kind(at: number): number {
    return (this.#u32(at + 4) >>> 24) & 0x1f;
  }

  #count(at: number): number {
    return this.#u32(at + 4) & 0xffff;
  }

  /** Of a type or a member, both of which begin with it. */
  #name(at: number): string {
    const start = this.#strings + this.#u32(at);
    return this.#bytes.toString("latin1", start, this.#bytes.indexOf(0, start));
  }
}
