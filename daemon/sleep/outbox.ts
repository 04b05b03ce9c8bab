import { writeTcp } from "../linux/mod.ts";

/** Bytes that wait for a socket to take them, in order. */
export class Outbox {
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** @param part is kept, not copied */
  add(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#bytes += part.length;
  }

  /** Writes what the socket takes; false when it is broken. */
  flush(fd: number): boolean {
    for (let part = this.#parts[0]; part !== undefined; part = this.#parts[0]) {
      const moved = writeTcp(fd, part);
      if (moved === "broken") return false;
      if (moved === "later") return true;
      this.#bytes -= moved;
      if (moved === part.length) this.#parts.shift();
      else this.#parts[0] = part.subarray(moved);
    }
    return true;
  }
}
