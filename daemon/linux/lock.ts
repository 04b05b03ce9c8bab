import koffi from "koffi";
import { libc, SystemCallError } from "./libc.ts";

const flock = libc.func("int flock(int, int)");
const exclusiveNonBlocking = 2 | 4;
const wouldBlock = 11;

/** Takes the exclusive lock on an open file (flock(2)); false when another holds it. It ends with the descriptor. */
export function tryLock(fd: number): boolean {
  if ((flock(fd, exclusiveNonBlocking) as number) === 0) return true;
  if (koffi.errno() === wouldBlock) return false;
  throw new SystemCallError("flock", koffi.errno());
}
