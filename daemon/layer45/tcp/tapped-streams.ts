import { SystemCallError } from "../../linux/mod.ts";
import type { LoopContext } from "../../worker/mod.ts";
import type { Complaints } from "../complaints.ts";
import type { Customization } from "../customization.ts";
import type { Connection } from "./connection.ts";
import { ConnectionTable } from "./connection-table.ts";
import { StreamExit } from "./stream-exit.ts";
import { StreamIntake } from "./stream-intake.ts";
import { closeStreamKernel, type StreamKernel } from "./stream-kernel.ts";

/** What is held is looked at again after so long. */
const decideMs = 2;
/** Interfaces that have come, and connections that are over, are looked for this often. */
const lookMs = 100;
/** What applications want to know of their peers is looked up this often. */
const watchOverMs = 1_000;
const drainMs = 2_000;

/** The connections that are tapped while the kernel's side is open: what it tells of goes to the part that does it. */
export class TappedStreams {
  /** Readable when there is something to do. */
  readonly fd: number;
  readonly #kernel: StreamKernel;
  readonly #context: LoopContext;
  readonly #complaints: Complaints;
  readonly #table = new ConnectionTable();
  readonly #intake: StreamIntake;
  readonly #exit: StreamExit;
  /** Those of which something is due at a time. */
  readonly #timed = new Set<Connection>();
  /** Those that other customizations see since the last turn. */
  readonly #changed = new Set<Connection>();
  #lookDueMs = 0;
  #watchOverDueMs = 0;

  constructor(kernel: StreamKernel, context: LoopContext, complaints: Complaints) {
    this.fd = kernel.epoll.fd;
    this.#kernel = kernel;
    this.#context = context;
    this.#complaints = complaints;
    this.#intake = new StreamIntake(kernel, this.#table, complaints);
    this.#exit = new StreamExit(kernel, this.#table);
  }

  /** As `Transport.settle`. */
  settle(customizations: readonly Customization[]): void {
    const { streams } = this.#kernel;
    const taken = customizations.filter(({ state }) => state !== "deprecated");
    const nowMs = performance.now();
    this.#intake.settle(customizations);
    streams.watchInterfaces();
    streams.lookFor(taken.map(({ spec: { tap } }) => portsOf(tap)));
    for (const connection of this.#table.all()) {
      if (!connection.halves) continue;
      this.#exit.want(connection, this.#intake.assign(connection, nowMs));
      this.#changed.add(connection);
    }
    this.#intake.adoptPresent(taken, nowMs);
  }

  /** As `EngineLoop.turn`. */
  turn(nowMs: number): number {
    const { streams, epoll } = this.#kernel;
    streams.takeHeld();
    streams.events((slot) => this.#intake.enter(slot, nowMs));
    this.#intake.decide(nowMs);
    let isMore = false;
    const count = epoll.take();
    for (let index = 0; index < count; index += 1) {
      const connection = this.#table.ofDescriptor(epoll.fdAt(index));
      if (connection && this.#advance(connection, nowMs)) isMore = true;
    }
    for (const connection of this.#changed) if (this.#advance(connection, nowMs)) isMore = true;
    this.#changed.clear();
    let dueMs = this.#lookDueMs;
    for (const connection of [...this.#timed]) {
      if (connection.dueMs <= nowMs) this.#advance(connection, nowMs);
      dueMs = Math.min(dueMs, connection.dueMs);
    }
    if (nowMs >= this.#lookDueMs) this.#look(nowMs);
    if (isMore) return 0;
    return this.#intake.isBusy ? decideMs : Math.max(0, Math.min(dueMs, this.#lookDueMs) - nowMs);
  }

  /** Gives the connections back to the kernel, with nothing of them left here where that can be, and closes all. */
  stop(): void {
    this.#kernel.streams.lookFor([]);
    this.#intake.settle([]);
    const untilMs = performance.now() + drainMs;
    for (const connection of this.#table.all()) this.#intake.assign(connection, performance.now());
    for (let nowMs = performance.now(); nowMs < untilMs; nowMs = performance.now()) {
      this.#kernel.streams.takeHeld();
      const busy = this.#table.all().filter(({ halves }) => halves);
      for (const connection of busy) {
        this.#exit.want(connection, false);
        this.#advance(connection, nowMs);
      }
      if (busy.length === 0) break;
      this.#exit.look(nowMs);
    }
    this.#exit.breakRest();
    closeStreamKernel(this.#kernel, this.#context);
  }

  #look(nowMs: number): void {
    this.#lookDueMs = nowMs + lookMs;
    this.#kernel.streams.watchInterfaces();
    this.#intake.retry(nowMs);
    this.#exit.look(nowMs);
    if (nowMs >= this.#watchOverDueMs) this.#watchOver(nowMs);
  }

  /** Has peers watched as their applications want it now, by keep-alives and timeouts. */
  #watchOver(nowMs: number): void {
    const { streams } = this.#kernel;
    this.#watchOverDueMs = nowMs + watchOverMs;
    const split = this.#table.all().filter(({ halves }) => halves);
    if (split.length === 0) return;
    const states = streams.states();
    for (const { slot, halves } of split) {
      const state = states.get(slot);
      if (state && halves) streams.watchOver(halves, state);
    }
  }

  /** Moves on what there is of a connection; answers whether more is left. */
  #advance(connection: Connection, nowMs: number): boolean {
    const { work, epoll } = this.#kernel;
    let isMore = false;
    try {
      isMore = connection.turn(work, nowMs);
    } catch (error) {
      // One connection that the kernel refuses something of is broken off, and the others go on.
      if (!(error instanceof SystemCallError)) throw error;
      this.#complaints.tell("cannot go on with a connection", error.message);
      this.#exit.breakOff(connection);
    }
    if (connection.isBroken) this.#exit.breakOff(connection);
    else if (connection.isEnded) this.#exit.finish(connection);
    connection.watch(epoll);
    if (connection.halves && connection.dueMs < Number.POSITIVE_INFINITY) this.#timed.add(connection);
    else this.#timed.delete(connection);
    return isMore;
  }
}

function portsOf({ local, remote }: Customization["spec"]["tap"]) {
  return {
    ...(local.port !== undefined && { local: local.port }),
    ...(remote.port !== undefined && { remote: remote.port }),
  };
}
