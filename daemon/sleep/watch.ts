import { Epoll, epollBroken, epollIn, epollOut } from "../linux/mod.ts";

const eventsPerTurnMax = 128;

/** What becomes of a descriptor that something can be done with. */
export type Ready = (readable: boolean, writable: boolean) => void;

/**
 * Descriptors and who waits for them. One for which nobody waits is not looked at, so that a peer that has broken off does
 * not end every wait while there is no room for what it sent.
 */
export class Watch {
  readonly #epoll = new Epoll(eventsPerTurnMax);
  readonly #watched = new Map<number, { ready: Ready; events: number }>();

  get fd(): number {
    return this.#epoll.fd;
  }

  set(fd: number, ready: Ready, { read, write }: { read: boolean; write: boolean }): void {
    const events = (read ? epollIn : 0) | (write ? epollOut : 0);
    const before = this.#watched.get(fd);
    if (before?.events === events) return;
    if (events === 0) this.remove(fd);
    else if (before === undefined) this.#epoll.add(fd, events);
    else this.#epoll.change(fd, events);
    if (events !== 0) this.#watched.set(fd, { ready, events });
  }

  /** Before the descriptor is closed. */
  remove(fd: number): void {
    if (this.#watched.delete(fd)) this.#epoll.remove(fd);
  }

  /** Tells those whose descriptors are ready; answers how many. */
  turn(): number {
    const count = this.#epoll.take();
    for (let index = 0; index < count; index += 1) {
      const events = this.#epoll.eventsAt(index);
      const broken = (events & epollBroken) !== 0;
      // What an earlier one did may have closed this one.
      const watched = this.#watched.get(this.#epoll.fdAt(index));
      watched?.ready(broken || (events & epollIn) !== 0, broken || (events & epollOut) !== 0);
    }
    return count;
  }

  close(): void {
    this.#epoll.close();
  }
}
