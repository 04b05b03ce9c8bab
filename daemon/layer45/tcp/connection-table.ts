import { type Epoll, epollIn, type StreamEnds } from "../../linux/mod.ts";
import type { Connection } from "./connection.ts";
import { streamKey } from "./stream-key.ts";

/** What a descriptor is of a connection: the engine's sockets of its two directions, or the application's own. */
export interface Watched {
  connection: Connection;
  side: "out" | "in" | "socket";
}

/** The tapped connections, by all that the kernel names them by; their descriptors are waited for. */
export class ConnectionTable {
  /** Those that wait for something that nothing tells of. */
  readonly blocked = new Set<Connection>();
  readonly #epoll: Epoll;
  readonly #bySlot = new Map<number, Connection>();
  readonly #byDescriptor = new Map<number, Watched>();
  readonly #byKey = new Map<string, Connection>();

  constructor(epoll: Epoll) {
    this.#epoll = epoll;
  }

  add(connection: Connection): void {
    this.#bySlot.set(connection.slot, connection);
    this.#byKey.set(streamKey(connection.ends), connection);
    for (const side of ["out", "in"] as const) {
      this.watch(connection[side].readFd, { connection, side }, epollIn);
    }
  }

  watch(fd: number, watched: Watched, events: number): void {
    this.#byDescriptor.set(fd, watched);
    this.#epoll.add(fd, events);
  }

  remove(connection: Connection): void {
    const { slot, ends, out, in: arrived, hold } = connection;
    this.#bySlot.delete(slot);
    this.#byKey.delete(streamKey(ends));
    this.blocked.delete(connection);
    for (const fd of [out.readFd, arrived.readFd, ...(hold ? [hold.fd] : [])]) {
      this.#byDescriptor.delete(fd);
      this.#epoll.remove(fd);
    }
  }

  /** Its slot may be another's by now. */
  has(connection: Connection): boolean {
    return this.#bySlot.get(connection.slot) === connection;
  }

  ofSlot(slot: number): Connection | undefined {
    return this.#bySlot.get(slot);
  }

  ofDescriptor(fd: number): Watched | undefined {
    return this.#byDescriptor.get(fd);
  }

  ofKey(key: string): Connection | undefined {
    return this.#byKey.get(key);
  }

  between(ends: StreamEnds): Connection | undefined {
    return this.#byKey.get(streamKey(ends));
  }

  /** As they are now: what is done with one may remove it. */
  all(): Connection[] {
    return [...this.#bySlot.values()];
  }
}
