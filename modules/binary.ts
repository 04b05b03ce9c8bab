/** Reading and writing the integers and names of the WebAssembly binary format (core specification 2.0, §5.2). */

/** Bytes that are not what the binary format, or the part of it that guests may use, allows. */
export class MalformedBinary extends Error {}

/** Reads forwards through a slice of a module; every read is checked against the slice's end. */
export class BinaryReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  position: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  get done(): boolean {
    return this.position >= this.end;
  }

  byte(): number {
    if (this.position >= this.end) throw new MalformedBinary("it ends too early");
    return this.bytes[this.position++] as number;
  }

  skip(length: number): void {
    if (length > this.end - this.position) throw new MalformedBinary("it ends too early");
    this.position += length;
  }

  /** An unsigned LEB128 integer of at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw new MalformedBinary("an integer is longer than 32 bits");
  }

  name(): string {
    const length = this.u32();
    const start = this.position;
    this.skip(length);
    return new TextDecoder().decode(this.bytes.subarray(start, start + length));
  }

  /** A vector: its length, then that many elements. */
  vector<T>(element: () => T): T[] {
    const length = this.u32();
    if (length > this.end - this.position) throw new MalformedBinary("a vector is longer than its section");
    return Array.from({ length }, element);
  }
}

/** Unsigned LEB128. */
export function encodeU32(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}
