import { destroyConnection, epollBroken, epollIn, epollOut, SystemCallError } from "../../linux/mod.ts";
import type { Complaints } from "../complaints.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionTable } from "./connection-table.ts";
import type { PeerEnds } from "./peer-ends.ts";
import type { SocketHolds } from "./socket-holds.ts";
import type { StreamKernel } from "./stream-kernel.ts";
import type { Progress, StreamSide } from "./stream-side.ts";

/** Turns in a row, for the last bytes of a stream. */
const lastTurnsMax = 16;

/** Moves the bytes of connections, and ends those that have no more. */
export class StreamPump {
  readonly #kernel: StreamKernel;
  readonly #table: ConnectionTable;
  readonly #holds: SocketHolds;
  readonly #peerEnds: PeerEnds;
  readonly #complaints: Complaints;

  constructor(
    kernel: StreamKernel,
    parts: { table: ConnectionTable; holds: SocketHolds; peerEnds: PeerEnds; complaints: Complaints },
  ) {
    this.#kernel = kernel;
    this.#table = parts.table;
    this.#holds = parts.holds;
    this.#peerEnds = parts.peerEnds;
    this.#complaints = parts.complaints;
  }

  /** One connection that the kernel refuses something of is broken off, and the others go on. */
  guarded<T>(connection: Connection, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#complaints.tell("cannot go on with a connection", error.message);
      this.#destroy(connection);
      if (this.#table.has(connection)) this.forget(connection);
      return undefined;
    }
  }

  /** Does what the application's own socket tells of; answers whether more is left. */
  attend(connection: Connection, events: number, nowMs: number): boolean {
    if (connection.hold && !connection.isOver) this.#kernel.epoll.change(connection.hold.fd, 0);
    if (events & epollOut && connection.isAwaited) connection.wakeSender();
    if (events & epollBroken) this.#breakOff(connection, nowMs);
    return this.advance(connection, "out", nowMs);
  }

  /** Moves on what there is of a direction; answers whether more is left. */
  advance(connection: Connection, name: "out" | "in", nowMs: number): boolean {
    const { epoll, work } = this.#kernel;
    const side = connection[name];
    const progress = name === "out" ? connection.turnOut(work, nowMs) : connection.turnIn(work, nowMs);
    this.#pause(connection, side, progress);
    // The sender is woken when its socket has room for what it will send then, and not only the pair.
    const isAwaited = name === "out" && connection.isAwaited && !connection.isOver;
    if (isAwaited && connection.hold && progress !== "blocked") {
      epoll.change(connection.hold.fd, epollOut);
    }
    if (side.isBroken) this.#breakOff(connection, nowMs);
    if (name === "in") this.#peerEnds.release(connection);
    if (name === "out" && connection.isClosed && progress === "idle") this.finish(connection, nowMs);
    return progress === "more";
  }

  retry(connection: Connection, nowMs: number): void {
    this.#table.blocked.delete(connection);
    for (const name of ["out", "in"] as const) {
      if (this.#table.has(connection)) this.advance(connection, name, nowMs);
    }
  }

  /** The application has shut its end down, or closed it: what is here goes on first. */
  finish(connection: Connection, nowMs: number): void {
    for (let turn = 0; connection.turnOut(this.#kernel.work, nowMs) === "more"; turn += 1)
      if (turn > lastTurnsMax) return;
    if (!connection.isClosed || !(connection.isDrained("out") || connection.out.isBroken)) return;
    this.forget(connection);
  }

  /** Leaves a connection to the kernel. */
  leave(connection: Connection): void {
    const { taps, work } = this.#kernel;
    if (!connection.isOver && !connection.isAllDrained) this.#destroy(connection);
    // What arrives is the application's own again; what came until then is given to it.
    taps.leave(connection.slot);
    connection.turnIn(work, performance.now());
    this.#peerEnds.releaseAll(connection);
    this.#holds.letGo(connection);
    connection.flow?.close();
  }

  /** What cannot go on is not looked at until it can: when the network takes more, or by and by. */
  #pause(connection: Connection, side: StreamSide, progress: Progress): void {
    if (!this.#table.has(connection)) return;
    const { epoll } = this.#kernel;
    const isBlocked = progress === "blocked";
    epoll.change(side.readFd, isBlocked || progress === "ended" ? 0 : epollIn);
    if (connection.waitsUntilMs < Number.POSITIVE_INFINITY) this.#table.blocked.add(connection);
    if (!isBlocked) return;
    const isFull = side.direction === "out" && side.isWaiting && side.heldUntilMs <= performance.now();
    if (isFull && connection.hold) epoll.change(connection.hold.fd, epollOut);
    else this.#table.blocked.add(connection);
  }

  #breakOff(connection: Connection, nowMs: number): void {
    if (connection.isOver) return;
    connection.isOver = true;
    // Its being broken would be told without end, until the application closes it.
    if (connection.hold) this.#kernel.epoll.mute(connection.hold.fd);
    // Bytes are lost where a side is broken: neither end is to take what it has for all.
    if (connection.out.isBroken || connection.in.isBroken) this.#destroy(connection);
    connection.turnIn(this.#kernel.work, nowMs);
    connection.out.isBroken = true;
    connection.turnOut(this.#kernel.work, nowMs);
    this.#peerEnds.release(connection);
  }

  /** The application's socket is closed with the engine's hold on it, and its slot is another's. */
  forget(connection: Connection): void {
    this.#table.remove(connection);
    this.#holds.letGo(connection);
    this.#kernel.taps.release(connection.slot);
    this.#peerEnds.releaseAll(connection);
    connection.flow?.close();
  }

  #destroy({ ends, cookie }: Connection): void {
    try {
      destroyConnection(ends, cookie);
    } catch (error) {
      this.#complaints.tell("cannot break a connection off", (error as Error).message);
    }
  }
}
