import {
  type Epoll,
  epollIn,
  epollOut,
  type Halves,
  type Leaving,
  type SocketOwner,
  type StreamBuffer,
  type StreamEnds,
} from "../../linux/mod.ts";
import type { Flow } from "../flow.ts";
import { type Progress, StreamSide } from "./stream-side.ts";

/** A connection that is held, or split, or was: the kernel's side of it is a slot of `SplitStreams`. */
export class Connection {
  readonly slot: number;
  readonly cookie: bigint;
  readonly ends: StreamEnds;
  /** It was there before somebody asked for it. */
  readonly isLate: boolean;
  owner: SocketOwner | undefined;
  flow: Flow | undefined;
  halves: Halves | undefined;
  /** What goes from the application to its peer, and the other way; there while it is split. */
  out: StreamSide | undefined;
  in: StreamSide | undefined;
  readonly #watched = new Map<number, number>();

  constructor(slot: number, { cookie, ends, isLate }: Pick<Connection, "cookie" | "ends" | "isLate">) {
    this.slot = slot;
    this.cookie = cookie;
    this.ends = ends;
    this.isLate = isLate;
  }

  open(halves: Halves): void {
    const { near, far } = halves;
    this.halves = halves;
    // What the application has sent before it was held may be with its peer as it was.
    const rawBytes = this.isLate ? halves.sentBefore : 0;
    this.out = new StreamSide({ direction: "out", readFd: near, writeFd: far, rawBytes });
    this.in = new StreamSide({ direction: "in", readFd: far, writeFd: near, rawBytes: 0 });
  }

  get isBroken(): boolean {
    return this.out?.isBroken === true || this.in?.isBroken === true;
  }

  /** Both ends have gone on. */
  get isEnded(): boolean {
    return this.out?.isEnded === true && this.in?.isEnded === true;
  }

  /** As what it may go on without the engine; undefined while something of it is here, or of its end. */
  get leaving(): Leaving | undefined {
    const { slot, halves, out, in: arriving } = this;
    if (!halves || !out?.isEmpty || !arriving?.isEmpty || out.isEnding || arriving.isEnding) return undefined;
    return { slot, halves, more: { out: out.shift, in: arriving.shift } };
  }

  /** When something is to be looked at though nothing comes; infinite when nothing is. */
  get dueMs(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const side of [this.out, this.in]) {
      if (!side || side.isEnded) continue;
      due = Math.min(due, side.heldUntilMs > 0 ? side.heldUntilMs : side.waitsUntilMs);
    }
    return due;
  }

  /** Moves on what there is; answers whether more is left. */
  turn(work: StreamBuffer, nowMs: number): boolean {
    const progress: (Progress | undefined)[] = [this.out?.turn(work, nowMs), this.in?.turn(work, nowMs)];
    return progress.includes("more");
  }

  /** Has its halves waited for: until there is something to read that can go on, or room for what is to be written. */
  watch(epoll: Epoll): void {
    const { halves, out, in: arriving } = this;
    if (!halves || !out || !arriving) return;
    const reads = (side: StreamSide): boolean => !side.isEnding && !side.isWaiting && side.heldUntilMs === 0;
    const writes = (side: StreamSide): boolean => side.isWaiting && side.heldUntilMs === 0;
    const events = (from: StreamSide, into: StreamSide): number =>
      this.isBroken ? 0 : (reads(from) ? epollIn : 0) | (writes(into) ? epollOut : 0);
    this.#wait(epoll, halves.near, events(out, arriving));
    this.#wait(epoll, halves.far, events(arriving, out));
  }

  /** Before its halves are closed. */
  unwatch(epoll: Epoll): void {
    for (const fd of [...this.#watched.keys()]) this.#wait(epoll, fd, 0);
  }

  /** One for which nothing is waited is taken out: the kernel would tell of its end again and again. */
  #wait(epoll: Epoll, fd: number, events: number): void {
    const before = this.#watched.get(fd) ?? 0;
    if (events === before) return;
    if (events === 0) {
      epoll.remove(fd);
      this.#watched.delete(fd);
      return;
    }
    if (before === 0) epoll.add(fd, events);
    else epoll.change(fd, events);
    this.#watched.set(fd, events);
  }
}
