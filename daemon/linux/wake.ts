import { readSync, writeSync } from "node:fs";
import { checked, closeDescriptor, libc } from "./libc.ts";

const eventfd = libc.func("int eventfd(unsigned int, int)");
const nonBlockingCloseOnExec = 0x8_0800;
const one = new Uint8Array(new BigUint64Array([1n]).buffer);

/** An eventfd (eventfd(2)): one thread rings, another has it among the descriptors it polls. */
export function openWake(): number {
  return checked("eventfd", eventfd(0, nonBlockingCloseOnExec) as number);
}

/** Makes the descriptor readable; ringing twice before it is quieted is ringing once. */
export function ringWake(fd: number): void {
  writeSync(fd, one);
}

/** Makes the descriptor unreadable again. */
export function quietWake(fd: number): void {
  try {
    readSync(fd, new Uint8Array(8));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
  }
}

export function closeWake(fd: number): void {
  closeDescriptor(fd);
}
