import { ProblemError } from "../../../schemas/mod.ts";
import { epollOut, listTcpConnections, type SocketOwner, type StreamEnds } from "../../linux/mod.ts";
import type { Complaints } from "../complaints.ts";
import type { Customization } from "../customization.ts";
import { Connection, type Hold } from "./connection.ts";
import { ConnectionRoster } from "./connection-roster.ts";
import type { ConnectionTable } from "./connection-table.ts";
import type { SocketHolds } from "./socket-holds.ts";
import type { StreamKernel } from "./stream-kernel.ts";

/** How connections come in: whose they are, which customizations see them, and the hold on their sockets. */
export class StreamIntake {
  readonly #kernel: StreamKernel;
  readonly #table: ConnectionTable;
  readonly #holds: SocketHolds;
  readonly #roster: ConnectionRoster;
  readonly #complaints: Complaints;

  constructor(kernel: StreamKernel, table: ConnectionTable, holds: SocketHolds, complaints: Complaints) {
    this.#kernel = kernel;
    this.#table = table;
    this.#holds = holds;
    this.#roster = new ConnectionRoster(kernel.owners);
    this.#complaints = complaints;
  }

  /** These are the customizations from now on; connections that are tapped already have them with `assignAll`. */
  settle(customizations: readonly Customization[]): void {
    this.#roster.settle(customizations);
  }

  assignAll(nowMs: number): void {
    for (const connection of this.#table.all()) this.#assign(connection, true, nowMs);
  }

  enter(slot: number): Connection {
    const connection = new Connection(this.#kernel.taps, slot);
    this.#table.add(connection);
    return connection;
  }

  /** Finds out whose it is, and by that who sees it. */
  identify(connection: Connection, isLate: boolean, nowMs: number): void {
    if (!connection.owner || connection.owner.inode === 0) {
      try {
        connection.owner = this.#roster.ownerOf(connection);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        this.#complaints.tell("cannot tell whose connections are", error.message);
      }
    }
    this.#assign(connection, isLate, nowMs);
  }

  /** @param first the process that is looked at after the owner, before all others; 0: none */
  hold(connection: Connection, first: number): void {
    const inode = connection.owner?.inode ?? 0;
    if (connection.hold || inode === 0) return;
    try {
      const processes = [connection.owner?.process ?? 0, first].filter((each) => each > 0);
      const hold = this.#holds.take(inode, processes);
      if (hold) this.#keep(connection, hold);
    } catch (error) {
      this.#complaints.tell("cannot hold an application's socket", (error as Error).message);
    }
  }

  /** Its socket is not there any more. */
  isGone(connection: Connection): boolean {
    return this.#roster.ownerOf(connection)?.cookie !== connection.cookie;
  }

  /** Takes up connections that are there already. */
  adoptPresent(customizations: readonly Customization[], nowMs: number): void {
    const wanted = customizations.filter(({ spec, older }) => spec.attach === "immediate" || older.size > 0);
    if (wanted.length === 0) return;
    for (const { local, remote, localPort, remotePort } of listTcpConnections()) {
      const ends = {
        local: { address: local, port: localPort },
        remote: { address: remote, port: remotePort },
      };
      if (this.#table.between(ends)) continue;
      if (!wanted.some(({ tap }) => tap.matchesEnds(ends))) continue;
      const owner = this.#roster.ownerOf({ ends });
      if (!owner || owner.inode === 0 || !this.#roster.isWanted(owner, ends)) continue;
      this.#adopt(owner, ends, nowMs);
    }
  }

  #adopt({ inode, process }: SocketOwner, ends: StreamEnds, nowMs: number): void {
    try {
      const hold = this.#holds.take(inode, process > 0 ? [process] : []);
      const slot = hold && this.#slotFor(hold, ends);
      if (!hold || slot === undefined) return;
      const connection = this.enter(slot);
      this.#keep(connection, hold);
      this.identify(connection, true, nowMs);
    } catch (error) {
      this.#complaints.tell("cannot tap a connection that is there", (error as Error).message);
    }
  }

  /** Undefined when there is none free; a socket that is not tapped is not held, for its application could not close it. */
  #slotFor(hold: Hold, ends: StreamEnds): number | undefined {
    let slot: number | undefined;
    try {
      slot = this.#kernel.taps.adopt(hold.fd, ends);
    } finally {
      if (slot === undefined) this.#holds.giveBack(hold);
    }
    return slot;
  }

  #keep(connection: Connection, hold: Hold): void {
    connection.keep(hold);
    const events = connection.isAwaited ? epollOut : 0;
    this.#table.watch(hold.fd, { connection, side: "socket" }, events);
    if (connection.isOver) this.#kernel.epoll.mute(hold.fd);
    connection.takeArrivals(this.#kernel.work);
  }

  #assign(connection: Connection, isLate: boolean, nowMs: number): void {
    const { work } = this.#kernel;
    connection.setTaken(this.#roster.assign(connection, work, { isLate, nowMs }));
    connection.takeArrivals(work);
    if (connection.waitsUntilMs < Number.POSITIVE_INFINITY) this.#table.blocked.add(connection);
  }
}
