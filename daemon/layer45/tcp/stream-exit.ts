import type { Leaving } from "../../linux/mod.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionTable } from "./connection-table.ts";
import type { StreamKernel } from "./stream-kernel.ts";

/** What a connection's peer may still ask for after its end is answered for so long, unless its slot is needed (RFC 9293 §3.6.1). */
const afterMs = 60_000;
/** Connections that went on without the engine are looked after this often. */
const forgetMs = 5_000;
/** So many slots are kept for what comes. */
const slotsKept = 256;

/** How connections leave: by their own end, broken off, or because nobody wants them any more. */
export class StreamExit {
  readonly #kernel: StreamKernel;
  readonly #table: ConnectionTable;
  /** Both directions have ended, and the halves wait for what is on its way. */
  readonly #ending = new Set<Connection>();
  /** Nobody wants anything of them: they go on without the engine once nothing of them is here. */
  readonly #unwanted = new Set<Connection>();
  /** Slots of those that are over, with when they were. */
  #over: { slot: number; atMs: number }[] = [];
  /** How many packets connections had got when they were looked at last. */
  readonly #packets = new WeakMap<Connection, bigint>();
  #forgetDueMs = 0;

  constructor(kernel: StreamKernel, table: ConnectionTable) {
    this.#kernel = kernel;
    this.#table = table;
  }

  want(connection: Connection, isWanted: boolean): void {
    if (isWanted) this.#unwanted.delete(connection);
    else this.#unwanted.add(connection);
  }

  finish(connection: Connection): void {
    connection.flow?.close();
    this.#ending.add(connection);
  }

  /** Both ends are told that the connection is broken: something of it is missing. */
  breakOff(connection: Connection): void {
    const { streams } = this.#kernel;
    if (!connection.halves) return;
    streams.breakHalves(connection.slot, connection.halves);
    this.#remove(connection);
  }

  /** Looks after those that wait for something that nothing tells of. */
  look(nowMs: number): void {
    const { streams } = this.#kernel;
    for (const connection of this.#ending) {
      if (connection.halves && streams.areClosed(connection.halves)) this.#remove(connection);
    }
    this.#goOnWithoutEngine();
    for (const connection of this.#table.all()) this.#noteIdle(connection);
    if (nowMs >= this.#forgetDueMs) {
      this.#forgetDueMs = nowMs + forgetMs;
      streams.forgetShifted(nowMs);
    }
    const free = this.#over.length - slotsKept;
    this.#over = this.#over.filter(({ slot, atMs }, index) => {
      const isKept = nowMs - atMs < afterMs && index >= free;
      if (!isKept) streams.free(slot);
      return isKept;
    });
  }

  breakRest(): void {
    for (const connection of this.#table.all()) {
      if (connection.halves && connection.isEnded) this.#remove(connection);
      else this.breakOff(connection);
    }
  }

  /** Notes of a connection that nothing of it is here, when nothing has come since the last look: all before is with the halves. */
  #noteIdle(connection: Connection): void {
    const { streams } = this.#kernel;
    const packets = streams.records.counter(connection.slot, "packets");
    const isQuiet = this.#packets.get(connection) === packets;
    this.#packets.set(connection, packets);
    if (!isQuiet || streams.records.counter(connection.slot, "settled") === packets) return;
    const { leaving } = connection;
    if (leaving) streams.noteIdle(leaving, packets);
  }

  #goOnWithoutEngine(): void {
    const { streams, epoll } = this.#kernel;
    const leaving = new Map<Leaving, Connection>();
    for (const connection of this.#unwanted) {
      const isLeft = connection.halves && !this.#ending.has(connection);
      if (!isLeft) this.#unwanted.delete(connection);
      const each = isLeft ? connection.leaving : undefined;
      if (each) leaving.set(each, connection);
    }
    for (const gone of streams.shift([...leaving.keys()])) {
      const connection = leaving.get(gone) as Connection;
      connection.unwatch(epoll);
      this.#table.remove(connection);
      streams.closeHalves(gone.halves);
      connection.halves = undefined;
      connection.flow?.close();
      this.#unwanted.delete(connection);
    }
  }

  #remove(connection: Connection): void {
    const { streams, epoll } = this.#kernel;
    connection.unwatch(epoll);
    this.#table.remove(connection);
    if (connection.halves) streams.closeHalves(connection.halves);
    connection.halves = undefined;
    connection.flow?.close();
    this.#ending.delete(connection);
    this.#unwanted.delete(connection);
    streams.records.set(connection.slot, "isOver", 1);
    this.#over.push({ slot: connection.slot, atMs: performance.now() });
  }
}
