import { isIP } from "node:net";
import type { QueueRule, StreamEvent, WantedPorts } from "../../linux/mod.ts";
import type { LoopContext } from "../../worker/mod.ts";
import type { Complaints } from "../complaints.ts";
import type { Customization } from "../customization.ts";
import type { Connection } from "./connection.ts";
import { ConnectionTable, type Watched } from "./connection-table.ts";
import { HolderWatch } from "./holder-watch.ts";
import { PeerEnds } from "./peer-ends.ts";
import { SocketHolds } from "./socket-holds.ts";
import { StreamIntake } from "./stream-intake.ts";
import { closeStreamKernel, type StreamKernel } from "./stream-kernel.ts";
import { StreamPump } from "./stream-pump.ts";

/** A side that cannot go on tries again after so long. */
const retryMs = 1;
const drainMs = 2_000;

/** The connections that are tapped while the kernel's side is open: what it tells of goes to the part that does it. */
export class TappedStreams {
  /** Readable when there is something to do. */
  readonly fd: number;
  readonly #kernel: StreamKernel;
  readonly #context: LoopContext;
  readonly #table: ConnectionTable;
  readonly #intake: StreamIntake;
  readonly #peerEnds: PeerEnds;
  readonly #pump: StreamPump;
  readonly #watch: HolderWatch;

  constructor(kernel: StreamKernel, context: LoopContext, complaints: Complaints) {
    const { taps, gate, epoll } = kernel;
    this.fd = epoll.fd;
    this.#kernel = kernel;
    this.#context = context;
    const table = new ConnectionTable(epoll);
    const holds = new SocketHolds(context);
    const peerEnds = new PeerEnds(gate, table);
    const intake = new StreamIntake(kernel, table, holds, complaints);
    const pump = new StreamPump(kernel, { table, holds, peerEnds, complaints });
    this.#table = table;
    this.#peerEnds = peerEnds;
    this.#intake = intake;
    this.#pump = pump;
    this.#watch = new HolderWatch({ taps, table, holds, intake, pump });
  }

  /** As `Transport.settle`. */
  settle(customizations: readonly Customization[]): void {
    const { taps, gate } = this.#kernel;
    const taken = customizations.filter(({ state }) => state !== "deprecated");
    this.#intake.settle(customizations);
    gate.lookFor(customizations.filter((each) => each.sees("in")).flatMap(endRulesOf));
    taps.lookFor(taken.map(portsOf));
    const nowMs = performance.now();
    this.#intake.assignAll(nowMs);
    this.#intake.adoptPresent(taken, nowMs);
  }

  /** As `EngineLoop.turn`. */
  turn(nowMs: number): number {
    const { taps, epoll } = this.#kernel;
    taps.events((event) => this.#handle(event, nowMs));
    taps.refill();
    this.#peerEnds.read((connection) => this.#pump.advance(connection, "in", nowMs));
    let isMore = false;
    const count = epoll.take();
    for (let index = 0; index < count; index += 1) {
      const watched = this.#table.ofDescriptor(epoll.fdAt(index));
      if (!watched) continue;
      const events = epoll.eventsAt(index);
      const attend = (): boolean => this.#attend(watched, events, nowMs);
      if (this.#pump.guarded(watched.connection, attend)) isMore = true;
    }
    for (const connection of [...this.#table.blocked]) {
      this.#pump.guarded(connection, () => this.#pump.retry(connection, nowMs));
    }
    if (nowMs >= this.#watch.dueMs) this.#watch.look(nowMs);
    if (isMore) return 0;
    return this.#table.blocked.size > 0 ? retryMs : this.#watch.dueMs - nowMs;
  }

  /** Gives the connections back to the kernel, with nothing of them left here where that can be, and closes all. */
  stop(): void {
    this.#kernel.taps.lookFor([]);
    this.#intake.settle([]);
    this.#intake.assignAll(performance.now());
    this.#drain();
    for (const connection of this.#table.all()) this.#pump.leave(connection);
    closeStreamKernel(this.#kernel, this.#context);
  }

  #handle({ kind, slot, process }: StreamEvent, nowMs: number): void {
    const connection = kind === "opened" ? this.#intake.enter(slot) : this.#table.ofSlot(slot);
    // What is told of a slot that is given up is told too late.
    if (!connection) return;
    this.#pump.guarded(connection, () => {
      if (kind === "opened" || kind === "sending") this.#intake.identify(connection, false, nowMs);
      if (kind === "sending") this.#intake.hold(connection, process);
      if (kind === "closing") this.#pump.finish(connection, nowMs);
      if (kind !== "waiting") return;
      connection.isAwaited = true;
      this.#pump.advance(connection, "out", nowMs);
    });
  }

  /** Does what there is to do for a descriptor; answers whether more is left. */
  #attend({ connection, side }: Watched, events: number, nowMs: number): boolean {
    if (!connection.owner) this.#intake.identify(connection, false, nowMs);
    if (side === "socket") return this.#pump.attend(connection, events, nowMs);
    return this.#pump.advance(connection, side, nowMs);
  }

  #drain(): void {
    const untilMs = performance.now() + drainMs;
    const isBusy = (each: Connection): boolean => !each.isOver && !each.isAllDrained;
    for (let nowMs = performance.now(); nowMs < untilMs; nowMs = performance.now()) {
      this.#kernel.taps.events((event) => this.#handle(event, nowMs));
      const busy = this.#table.all().filter(isBusy);
      if (busy.length === 0) return;
      for (const connection of busy) this.#pump.retry(connection, nowMs);
    }
  }
}

function portsOf(customization: Customization): WantedPorts {
  const { local, remote } = customization.spec.tap;
  return {
    ...(local.port !== undefined && { local: local.port }),
    ...(remote.port !== undefined && { remote: remote.port }),
    arrivals: customization.sees("in"),
  };
}

function endRulesOf({ tap: { spec } }: Customization): QueueRule[] {
  const { local, remote } = spec;
  return ([4, 6] as const)
    .filter((family) =>
      [local, remote].every(({ address }) => address === undefined || isIP(address) === family),
    )
    .map((family) => ({ protocol: "TCP ends", hook: "INPUT", family, source: remote, destination: local }));
}
