import type { StreamEnds } from "../../linux/mod.ts";
import type { Connection } from "./connection.ts";
import { streamKey } from "./stream-key.ts";

/** The connections that are held or split, by all that the kernel names them by. */
export class ConnectionTable {
  readonly #bySlot = new Map<number, Connection>();
  readonly #byDescriptor = new Map<number, Connection>();
  readonly #byKey = new Map<string, Connection>();

  add(connection: Connection): void {
    this.#bySlot.set(connection.slot, connection);
    this.#byKey.set(streamKey(connection.ends), connection);
  }

  /** Its halves are there from now on. */
  opened(connection: Connection): void {
    const { halves } = connection;
    if (halves) for (const fd of [halves.near, halves.far]) this.#byDescriptor.set(fd, connection);
  }

  /** Before its halves are closed. */
  closed({ halves }: Connection): void {
    if (halves) for (const fd of [halves.near, halves.far]) this.#byDescriptor.delete(fd);
  }

  remove(connection: Connection): void {
    this.closed(connection);
    this.#bySlot.delete(connection.slot);
    const key = streamKey(connection.ends);
    if (this.#byKey.get(key) === connection) this.#byKey.delete(key);
  }

  has(connection: Connection): boolean {
    return this.#bySlot.get(connection.slot) === connection;
  }

  ofDescriptor(fd: number): Connection | undefined {
    return this.#byDescriptor.get(fd);
  }

  between(ends: StreamEnds): Connection | undefined {
    return this.#byKey.get(streamKey(ends));
  }

  /** As they are now: what is done with one may remove it. */
  all(): Connection[] {
    return [...this.#bySlot.values()];
  }
}
