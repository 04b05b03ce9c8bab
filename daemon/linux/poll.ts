import koffi from "koffi";
import { libc, SystemCallError } from "./libc.ts";

const poll = libc.func("int poll(void*, unsigned long, int)");
const readable = 1;
const interrupted = 4;

/** Waits for descriptors to become readable, in memory that is kept between calls (poll(2)). */
export class PollSet {
  readonly #entries: Int32Array;

  constructor(fds: readonly number[]) {
    this.#entries = new Int32Array(fds.length * 2);
    for (const [index, fd] of fds.entries()) {
      this.#entries[index * 2] = fd;
      this.#entries[index * 2 + 1] = readable;
    }
  }

  /** True when at least one is readable or broken; blocks the thread for at most `timeoutMs`. */
  wait(timeoutMs: number): boolean {
    const ready = poll(this.#entries, this.#entries.length / 2, timeoutMs) as number;
    if (ready < 0 && koffi.errno() !== interrupted) throw new SystemCallError("poll", koffi.errno());
    return ready > 0;
  }

  /** What the last wait found for the descriptor at this place: readable, or an error or hang-up to be read. */
  isReady(index: number): boolean {
    return (this.#entries[index * 2 + 1] as number) >> 16 !== 0;
  }
}
