import { endianness } from "node:os";
import koffi from "koffi";

if (endianness() !== "LE") throw new Error("netloom reads kernel structures on little-endian machines only");

/** An address in this process. */
export type Address = bigint;

/** Memory at an address, without a copy. Reading it after it was unmapped ends the process. */
export function viewMemory(at: Address, bytes: number): ArrayBuffer {
  return koffi.view(at, bytes);
}

/** The zero-terminated string at an address. */
export function readString(at: Address): string {
  return koffi.decode.string(at);
}

/** A 32-bit integer as the kernel reads it. */
export function int32(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer);
}
