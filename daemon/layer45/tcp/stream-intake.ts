import { ProblemError } from "../../../schemas/mod.ts";
import {
  type Halves,
  listTcpConnections,
  type SocketOwner,
  type SocketState,
  type StreamEnds,
  SystemCallError,
} from "../../linux/mod.ts";
import type { Complaints } from "../complaints.ts";
import type { Customization } from "../customization.ts";
import { Connection } from "./connection.ts";
import { ConnectionRoster } from "./connection-roster.ts";
import type { ConnectionTable } from "./connection-table.ts";
import type { StreamKernel } from "./stream-kernel.ts";

/** So long a connection is held at most, until it is known whose it is. */
const unknownMs = 200;

/** So long one that was there already is held, and two of its round trips more. */
const settleMs = 5;
const settleMsMax = 500;

/** How connections come in: whose they are, which customizations see them, and whether they are split. */
export class StreamIntake {
  readonly #kernel: StreamKernel;
  readonly #table: ConnectionTable;
  readonly #roster: ConnectionRoster;
  readonly #complaints: Complaints;
  readonly #settled = new WeakMap<Connection, number>();
  /** Those that are looked for among the connections that are there, when some could not be taken up yet. */
  #missing: readonly Customization[] = [];
  /** Connections of which it is not decided yet what becomes of them, and until when it is. */
  readonly #held = new Map<Connection, number>();

  constructor(kernel: StreamKernel, table: ConnectionTable, complaints: Complaints) {
    this.#kernel = kernel;
    this.#table = table;
    this.#roster = new ConnectionRoster(kernel.owners);
    this.#complaints = complaints;
  }

  /** These are the customizations from now on; connections that are split already have them with `assign`. */
  settle(customizations: readonly Customization[]): void {
    this.#roster.settle(customizations);
  }

  get isBusy(): boolean {
    return this.#held.size > 0;
  }

  /** A connection was established, and is held. */
  enter(slot: number, nowMs: number): void {
    const { streams } = this.#kernel;
    const ends = streams.ends(slot);
    const before = this.#table.between(ends);
    if (before) this.#table.remove(before);
    this.#begin(new Connection(slot, { cookie: streams.cookie(slot), ends, isLate: false }), nowMs);
  }

  /** Decides of the connections that are held: whoever is wanted is split, and the others go their way. */
  decide(nowMs: number): void {
    if (this.#held.size === 0) return;
    let states: ReadonlyMap<number, SocketState> | undefined;
    for (const [connection, untilMs] of [...this.#held]) {
      connection.owner = this.#ownerOf(connection);
      if (!connection.owner && nowMs < untilMs) continue;
      this.#held.delete(connection);
      if (!this.assign(connection, nowMs)) {
        this.#letGo(connection);
        continue;
      }
      states ??= this.#kernel.streams.states();
      const state = states.get(connection.slot);
      if (connection.isLate && state && nowMs < this.#settledMs(connection, state, nowMs)) {
        this.#held.set(connection, untilMs);
        continue;
      }
      this.#split(connection, state, nowMs);
      if (state?.hasGaps && connection.isLate) this.#missing = this.#roster.customizations;
    }
  }

  /** Puts the customizations on a connection that are to see it now; answers whether there are any. */
  assign(connection: Connection, nowMs: number): boolean {
    return this.#roster.assign(connection, this.#kernel.work, nowMs);
  }

  /** Tries again to take up what could not be taken up when it was looked for. */
  retry(nowMs: number): void {
    if (this.#missing.length > 0) this.adoptPresent(this.#missing, nowMs);
  }

  /** Takes up connections that are there already. */
  adoptPresent(customizations: readonly Customization[], nowMs: number): void {
    this.#missing = [];
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
    if (this.#held.size > 0) this.#kernel.streams.awaitPast();
    this.decide(nowMs);
  }

  #adopt({ cookie }: SocketOwner, ends: StreamEnds, nowMs: number): void {
    const slot = this.#kernel.streams.adopt(cookie, ends);
    if (slot !== undefined) this.#begin(new Connection(slot, { cookie, ends, isLate: true }), nowMs);
  }

  #begin(connection: Connection, nowMs: number): void {
    this.#table.add(connection);
    this.#held.set(connection, nowMs + unknownMs);
  }

  /** When all is known that its peer says of what it has received: what was on its way when it was held has come by then. */
  #settledMs(connection: Connection, { roundTripMs }: SocketState, nowMs: number): number {
    const settled =
      this.#settled.get(connection) ?? nowMs + Math.min(settleMsMax, settleMs + 2 * roundTripMs);
    this.#settled.set(connection, settled);
    return settled;
  }

  #ownerOf(connection: Connection): SocketOwner | undefined {
    try {
      return this.#roster.ownerOf(connection);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.#complaints.tell("cannot tell whose connections are", error.message);
      return undefined;
    }
  }

  #split(connection: Connection, state: SocketState | undefined, nowMs: number): void {
    const halves = state && this.#halvesOf(connection, state);
    if (!halves) {
      this.#letGo(connection);
      return;
    }
    connection.open(halves);
    this.#table.opened(connection);
    this.assign(connection, nowMs);
    connection.watch(this.#kernel.epoll);
  }

  #halvesOf({ slot }: Connection, state: SocketState): Halves | undefined {
    try {
      return this.#kernel.streams.split(slot, state);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#complaints.tell("cannot split a connection", error.message);
      return undefined;
    }
  }

  #letGo(connection: Connection): void {
    this.#table.remove(connection);
    this.#kernel.streams.letGo(connection.slot);
    connection.flow?.close();
  }
}
