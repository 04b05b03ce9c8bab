/** A size that is loaded or stored at once, in bytes. */
export type Width = 1 | 2 | 4 | 8;

/** Sizes in the code of loads and stores (kernel: Documentation/bpf/standardization/instruction-set.rst). */
const widths: Record<Width, number> = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 };
const load = 0x61;
const store = 0x63;
const storeZero = 0x7a;
const move = 0xbf;
const moveNumber = 0xb7;
const addNumber = 0x07;
const jumpIfEqual = 0x15;
const jumpIfOther = 0x55;
const call = 0x85;
const exit = 0x95;
const instructionBytes = 8;

/** The stack's end; 10 as the kernel numbers it. What lies on the stack is below. */
export const frame = 10;

/** Writes a BPF program, instruction by instruction; registers by their number, jumps all to its end. */
export class BpfProgram {
  readonly #code: number[][] = [];
  readonly #toEnd: number[] = [];

  /** into = *(from + offset) */
  load(width: Width, into: number, from: number, offset: number): this {
    return this.#add(load | widths[width], into, from, offset, 0);
  }

  /** *(into + offset) = from */
  store(width: Width, into: number, offset: number, from: number): this {
    return this.#add(store | widths[width], into, from, offset, 0);
  }

  /** Eight bytes of zero at into + offset. */
  clear(into: number, offset: number): this {
    return this.#add(storeZero, into, 0, offset, 0);
  }

  move(into: number, from: number): this {
    return this.#add(move, into, from, 0, 0);
  }

  set(into: number, value: number): this {
    return this.#add(moveNumber, into, 0, 0, value);
  }

  add(into: number, value: number): this {
    return this.#add(addNumber, into, 0, 0, value);
  }

  endIf(register: number, value: number): this {
    this.#toEnd.push(this.#code.length);
    return this.#add(jumpIfEqual, register, 0, 0, value);
  }

  endUnless(register: number, value: number): this {
    this.#toEnd.push(this.#code.length);
    return this.#add(jumpIfOther, register, 0, 0, value);
  }

  call(helper: number): this {
    return this.#add(call, 0, 0, 0, helper);
  }

  /** The instructions, with an end that returns 0. */
  finish(): Uint8Array {
    const end = this.#code.length;
    this.set(0, 0).#add(exit, 0, 0, 0, 0);
    for (const at of this.#toEnd) this.#code[at]![3] = end - at - 1;
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

  #add(...instruction: [code: number, into: number, from: number, offset: number, value: number]): this {
    this.#code.push(instruction);
    return this;
  }
}
