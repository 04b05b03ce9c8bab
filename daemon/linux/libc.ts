import { getSystemErrorName } from "node:util";
import koffi from "koffi";

/** The C library, loaded once a thread; each file of this folder declares the calls it needs. */
export const libc = koffi.load("libc.so.6");

/** A system call that failed for a reason our own arguments cannot explain away; carries errno's name in `code`. */
export class SystemCallError extends Error {
  readonly code: string;
  constructor(call: string, errno: number) {
    const code = errno > 0 ? getSystemErrorName(-errno) : "unknown";
    super(`${call}: ${code}`);
    this.name = "SystemCallError";
    this.code = code;
  }
}

/** Hands the result of a system call through, or throws what errno says when it is negative. */
export function checked(call: string, result: number): number {
  if (result < 0) throw new SystemCallError(call, koffi.errno());
  return result;
}

const close = libc.func("int close(int)");

/** Closes a descriptor that a system call gave: Node's own close warns of descriptors it did not open in a worker. */
export function closeDescriptor(fd: number): void {
  checked("close", close(fd) as number);
}
