import koffi from "koffi";
import { libc } from "./libc.ts";
import { type MappedMemory, mapMemory, unmapMemory } from "./mapped-memory.ts";
import type { Holding } from "./reclaim.ts";
import type { Moved } from "./tcp-socket.ts";

const recv = libc.func("recv", "long", ["int", "uintptr_t", "size_t", "int"]);
const send = libc.func("send", "long", ["int", "uintptr_t", "size_t", "int"]);
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const { EAGAIN, EINTR, ENOMEM } = koffi.os.errno;

/** Memory that sockets are read into and written from without waiting, and which stays where it is. */
export class StreamBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #memory: MappedMemory;

  constructor(size: number) {
    this.#memory = mapMemory(size);
    this.bytes = this.#memory.bytes;
  }

  get holding(): Holding {
    return this.#memory.holding;
  }

  /** Reads up to `length` bytes to `offset`; 0 is the end of what the peer sends. */
  read(fd: number, offset: number, length: number): Moved {
    return outcome(Number(recv(fd, this.#memory.address + BigInt(offset), length, MSG_DONTWAIT)));
  }

  write(fd: number, offset: number, length: number): Moved {
    const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    return outcome(Number(send(fd, this.#memory.address + BigInt(offset), length, flags)));
  }

  close(): void {
    unmapMemory(this.#memory);
  }
}

function outcome(result: number): Moved {
  if (result >= 0) return result;
  const errno = koffi.errno();
  return errno === EAGAIN || errno === EINTR || errno === ENOMEM ? "later" : "broken";
}
