/** A size that is loaded or stored at once, in bytes. */
export type Width = 1 | 2 | 4 | 8;

/** What a jump compares, without signs. */
export type Comparison = "==" | "!=" | ">" | ">=" | "<" | "<=";

/** Sizes in the code of loads and stores (kernel: Documentation/bpf/standardization/instruction-set.rst). */
const widths: Record<Width, number> = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 };
const comparisons: Record<Comparison, number> = {
  "==": 0x15,
  "!=": 0x55,
  ">": 0x25,
  ">=": 0x35,
  "<": 0xa5,
  "<=": 0xb5,
};
const load = 0x61;
const store = 0x63;
const storeNumber = 0x62;
const move = 0xbf;
const moveNumber = 0xb7;
const addNumber = 0x07;
const addRegister = 0x0f;
const multiplyNumber = 0x27;
const andNumber = 0x57;
const orNumber = 0x47;
const shiftNumber = 0x77;
const negate = 0x87;
const subtract32 = 0x1c;
const subtractRegister = 0x1f;
const add32 = 0x0c;
const shiftLeftNumber = 0x67;
const swap = 0xdc;
const atomicAdd = 0xdb;
const mayGoTo = 0xe5;
const loadConstant = 0x18;
const jump = 0x05;
const call = 0x85;
const exit = 0x95;
/** In the code of an operation: its second operand is a register. */
const withRegister = 0x08;
/** In a constant's source: it is the address of the map with this descriptor (BPF_PSEUDO_MAP_FD). */
const isMap = 1;
const instructionBytes = 8;

/** The stack's end; 10 as the kernel numbers it. What lies on the stack is below. */
export const frame = 10;
/** Where a program ends that jumps there. */
export const end = "end";

/** Writes a BPF program, instruction by instruction; registers by their number, jumps to labels. */
export class BpfProgram {
  readonly #code: number[][] = [];
  readonly #jumps: [at: number, label: string][] = [];
  readonly #labels = new Map<string, number>();

  /** into = *(from + offset) */
  load(width: Width, into: number, from: number, offset: number): this {
    return this.#add(load | widths[width], into, from, offset, 0);
  }

  /** *(into + offset) = from */
  store(width: Width, into: number, offset: number, from: number): this {
    return this.#add(store | widths[width], into, from, offset, 0);
  }

  storeNumber(width: Width, into: number, offset: number, value: number): this {
    return this.#add(storeNumber | widths[width], into, 0, offset, value);
  }

  /** Eight bytes of zero at into + offset. */
  clear(into: number, offset: number): this {
    return this.storeNumber(8, into, offset, 0);
  }

  move(into: number, from: number): this {
    return this.#add(move, into, from, 0, 0);
  }

  /** A number of 32 bits, whose sign goes on. */
  set(into: number, value: number): this {
    return this.#add(moveNumber, into, 0, 0, value);
  }

  /** A number of 64 bits. */
  setLong(into: number, value: bigint): this {
    return this.#constant(into, 0, value);
  }

  /** The map's address, as helpers take it. */
  setMap(into: number, map: { fd: number }): this {
    return this.#constant(into, isMap, BigInt(map.fd));
  }

  add(into: number, value: number): this {
    return this.#add(addNumber, into, 0, 0, value);
  }

  addRegister(into: number, from: number): this {
    return this.#add(addRegister, into, from, 0, 0);
  }

  and(into: number, value: number): this {
    return this.#add(andNumber, into, 0, 0, value);
  }

  or(into: number, value: number): this {
    return this.#add(orNumber, into, 0, 0, value);
  }

  /** Without sign. */
  shiftRight(into: number, bits: number): this {
    return this.#add(shiftNumber, into, 0, 0, bits);
  }

  /** into = -into */
  negate(into: number): this {
    return this.#add(negate, into, 0, 0, 0);
  }

  /** into = into - from, of 32 bits: as sequence numbers are subtracted. */
  subtract32(into: number, from: number): this {
    return this.#add(subtract32, into, from, 0, 0);
  }

  /** into = into + from, of 32 bits. */
  add32(into: number, from: number): this {
    return this.#add(add32, into, from, 0, 0);
  }

  subtractRegister(into: number, from: number): this {
    return this.#add(subtractRegister, into, from, 0, 0);
  }

  shiftLeft(into: number, bits: number): this {
    return this.#add(shiftLeftNumber, into, 0, 0, bits);
  }

  /** Between network and host order, of so many bits; those above are zero afterwards. */
  swap(into: number, bits: 16 | 32): this {
    return this.#add(swap, into, 0, 0, bits);
  }

  /** *(into + offset) += from, of 64 bits, at once for all processors. */
  atomicAdd(into: number, offset: number, from: number): this {
    return this.#add(atomicAdd, into, from, offset, 0);
  }

  multiply(into: number, value: number): this {
    return this.#add(multiplyNumber, into, 0, 0, value);
  }

  endIf(register: number, value: number): this {
    return this.jumpIf(register, "==", value, end);
  }

  endUnless(register: number, value: number): this {
    return this.jumpIf(register, "!=", value, end);
  }

  /** Begins a loop's turn: leads to the label once the kernel has had enough of them (at least some milliseconds' worth). */
  giveUp(label: string): this {
    return this.#jump(label, mayGoTo, 0, 0, 0);
  }

  jump(label: string): this {
    return this.#jump(label, jump, 0, 0, 0);
  }

  /** @param value 32 bits, whose sign goes on */
  jumpIf(register: number, comparison: Comparison, value: number, label: string): this {
    return this.#jump(label, comparisons[comparison], register, 0, value);
  }

  jumpIfRegister(left: number, comparison: Comparison, right: number, label: string): this {
    return this.#jump(label, comparisons[comparison] | withRegister, left, right, 0);
  }

  /** Jumps to this label lead to what is written next. */
  label(name: string): this {
    this.#labels.set(name, this.#code.length);
    return this;
  }

  call(helper: number): this {
    return this.#add(call, 0, 0, 0, helper);
  }

  /** Ends the program with what is in register 0. */
  exit(): this {
    return this.#add(exit, 0, 0, 0, 0);
  }

  /** The instructions, with an end that returns `result` unless nothing leads to it, which the verifier would refuse. */
  finish(result = 0): Uint8Array {
    const isLed = this.#code.at(-1)?.[0] !== exit || this.#jumps.some(([, label]) => label === end);
    if (isLed) this.label(end).set(0, result).exit();
    for (const [at, label] of this.#jumps) {
      const to = this.#labels.get(label);
      if (to === undefined) throw new Error(`no label ${label}`);
      this.#code[at]![3] = to - at - 1;
    }
    const bytes = new Uint8Array(this.#code.length * instructionBytes);
    const view = new DataView(bytes.buffer);
    for (const [index, [code, into, from, offset, value]] of this.#code.entries()) {
      const at = index * instructionBytes;
      view.setUint8(at, code!);
      view.setUint8(at + 1, (from! << 4) | into!);
      view.setInt16(at + 2, offset!, true);
      view.setInt32(at + 4, value!, true);
    }
    return bytes;
  }

  #constant(into: number, source: number, value: bigint): this {
    const [low, high] = [BigInt.asIntN(32, value), BigInt.asIntN(32, value >> 32n)];
    return this.#add(loadConstant, into, source, 0, Number(low)).#add(0, 0, 0, 0, Number(high));
  }

  #jump(label: string, code: number, left: number, right: number, value: number): this {
    this.#jumps.push([this.#code.length, label]);
    return this.#add(code, left, right, 0, value);
  }

  #add(...instruction: [code: number, into: number, from: number, offset: number, value: number]): this {
    this.#code.push(instruction);
    return this;
  }
}
