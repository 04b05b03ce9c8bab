import { isIP } from "node:net";
import { ProblemError, problem } from "../../../schemas/mod.ts";
import {
  closeDescriptor,
  destroyConnection,
  duplicateDescriptor,
  Epoll,
  epollBroken,
  epollIn,
  epollOut,
  findHolder,
  holds,
  listSocketCookies,
  listTcpConnections,
  type QueueRule,
  type SocketOwners,
  StreamBuffer,
  type StreamEvent,
  StreamTaps,
  SystemCallError,
} from "../../linux/mod.ts";
import type { LoopContext } from "../../worker/mod.ts";
import type { Customization } from "../customization.ts";
import type { SharedOwners } from "../shared-owners.ts";
import type { Transport } from "../transport.ts";
import { Connection, type Hold } from "./connection.ts";
import { ConnectionRoster } from "./connection-roster.ts";
import type { EndVerdict } from "./end-gate.ts";
import { EndGate } from "./end-gate.ts";
import type { Ending } from "./ending.ts";
import { type Progress, type StreamSide, workBytes } from "./stream-side.ts";

const connectionsMax = 1_024;
/** New connections that can come between two turns of the engine. */
const readyMax = 32;
/** What may be under way in the engine's own sockets: a shutdown waits for what is sent, and cannot wait long. */
const bytesOut = 512 * 1024;
const bytesIn = 8 << 20;
/** Turns in a row, for the last bytes of a stream. */
const lastTurnsMax = 16;
const eventsPerTurn = 256;
/** Whether applications still have their sockets is looked at this often: some end without closing them. */
const lookEveryMs = 100;
/** A side that cannot go on tries again after so long. */
const retryMs = 1;
const drainMs = 2_000;

interface Kernel {
  taps: StreamTaps;
  owners: SocketOwners;
  roster: ConnectionRoster;
  gate: EndGate;
  epoll: Epoll;
  work: StreamBuffer;
}

/**
 * Streams, by BPF sockmaps (docs/layer45-ebpf.md): what an application sends comes to the engine before TCP has it, what arrives
 * comes before the application has it, on its own socket.
 */
export class TcpTransport implements Transport {
  readonly #context: LoopContext;
  readonly #owners: SharedOwners;
  readonly #connections = new Map<number, Connection>();
  readonly #byDescriptor = new Map<number, { connection: Connection; side: "out" | "in" | "socket" }>();
  readonly #byEnds = new Map<string, Connection>();
  /** Sides that wait for something that nothing tells of. */
  readonly #blocked = new Set<Connection>();
  #kernel: Kernel | undefined;
  #lookDueMs = 0;
  #refusal = "";

  constructor(context: LoopContext, owners: SharedOwners) {
    this.#context = context;
    this.#owners = owners;
  }

  settle(customizations: readonly Customization[]): void {
    if (customizations.length === 0 && !this.#kernel) return;
    const kernel = this.#openFor(customizations);
    if (!kernel) return;
    const taken = customizations.filter(({ state }) => state !== "deprecated");
    kernel.roster.settle(customizations);
    kernel.gate.lookFor(customizations.filter((each) => each.sees("in")).flatMap(rulesOf));
    kernel.taps.lookFor(
      taken.map((customization) => ({
        ...portsOf(customization),
        arrivals: customization.sees("in"),
      })),
    );
    const nowMs = performance.now();
    for (const connection of this.#connections.values()) this.#assign(connection, true, nowMs);
    this.#adoptPresent(kernel, taken, nowMs);
  }

  sockets(): ReadonlySet<bigint> {
    return listSocketCookies("TCP");
  }

  descriptors(): readonly number[] {
    return this.#kernel ? [this.#kernel.epoll.fd] : [];
  }

  turn(nowMs: number): number {
    const kernel = this.#kernel;
    if (!kernel) return Number.POSITIVE_INFINITY;
    kernel.taps.events((event) => this.#handle(kernel, event, nowMs));
    kernel.taps.refill();
    kernel.gate.read((ending, id) => this.#judgeEnd(kernel, ending, id, nowMs));
    let isMore = false;
    const count = kernel.epoll.take();
    for (let index = 0; index < count; index += 1) {
      const found = this.#byDescriptor.get(kernel.epoll.fdAt(index));
      if (!found) continue;
      const events = kernel.epoll.eventsAt(index);
      const turn = (): boolean => this.#turn(kernel, found, events, nowMs);
      if (this.#guarded(kernel, found.connection, turn)) isMore = true;
    }
    for (const connection of [...this.#blocked]) {
      this.#guarded(kernel, connection, () => this.#retry(kernel, connection, nowMs));
    }
    if (nowMs >= this.#lookDueMs) this.#look(kernel, nowMs);
    if (isMore) return 0;
    return this.#blocked.size > 0 ? retryMs : this.#lookDueMs - nowMs;
  }

  stop(): void {
    const kernel = this.#kernel;
    if (!kernel) return;
    kernel.taps.lookFor([]);
    kernel.roster.settle([]);
    this.#drainAll(kernel);
    for (const connection of [...this.#connections.values()]) this.#leave(kernel, connection);
    for (const holding of holdingsOf(kernel)) this.#context.release(holding);
    kernel.gate.close();
    kernel.owners.close();
    kernel.epoll.close();
    kernel.taps.close();
    kernel.work.close();
    this.#kernel = undefined;
  }

  /** Where streams are not to be had, units stay and say so. */
  #openFor(customizations: readonly Customization[]): Kernel | undefined {
    try {
      return this.#open();
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const reason = error.message;
      for (const customization of customizations) {
        const { id: unit } = customization;
        customization.obstacle = problem("layer45.no-transport", { unit, protocol: "TCP", reason });
      }
      return undefined;
    }
  }

  #open(): Kernel {
    if (this.#kernel) return this.#kernel;
    const taps = StreamTaps.open({
      slots: connectionsMax,
      ready: readyMax,
      bytesOut,
      bytesIn,
      hold: (holding) => this.#context.hold(holding),
      release: (holding) => this.#context.release(holding),
    });
    const owners = this.#owners.share();
    const kernel = {
      taps,
      owners,
      roster: new ConnectionRoster(owners),
      gate: new EndGate(),
      epoll: new Epoll(eventsPerTurn),
      work: new StreamBuffer(workBytes),
    };
    kernel.epoll.add(taps.fd, epollIn);
    kernel.epoll.add(kernel.gate.queue.fd, epollIn);
    for (const holding of holdingsOf(kernel)) this.#context.hold(holding);
    this.#kernel = kernel;
    this.#context.changed();
    return kernel;
  }

  #handle(kernel: Kernel, { kind, slot, process }: StreamEvent, nowMs: number): void {
    const connection = kind === "opened" ? this.#enter(kernel, slot) : this.#connections.get(slot);
    // What is told of a slot that is given up is told too late.
    if (!connection) return;
    this.#guarded(kernel, connection, () => {
      if (kind === "opened" || kind === "sending") this.#identify(kernel, connection, false, nowMs);
      if (kind === "sending") this.#hold(kernel, connection, process);
      if (kind === "closing") this.#finish(kernel, connection, nowMs);
      if (kind !== "waiting") return;
      connection.isAwaited = true;
      this.#advance(kernel, connection, "out", nowMs);
    });
  }

  /** One connection that the kernel refuses something of is broken off, and the others go on. */
  #guarded<T>(kernel: Kernel, connection: Connection, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#complain("cannot go on with a connection", error);
      this.#destroy(connection);
      if (this.#connections.get(connection.slot) === connection) this.#forget(kernel, connection);
      return undefined;
    }
  }

  #enter(kernel: Kernel, slot: number): Connection {
    const connection = new Connection(kernel.taps, slot);
    this.#connections.set(slot, connection);
    this.#byEnds.set(keyOf(connection.ends), connection);
    for (const side of ["out", "in"] as const) {
      const fd = connection[side].readFd;
      this.#byDescriptor.set(fd, { connection, side });
      kernel.epoll.add(fd, epollIn);
    }
    return connection;
  }

  /** Finds out whose it is, and by that who sees it. */
  #identify(kernel: Kernel, connection: Connection, isLate: boolean, nowMs: number): void {
    if (!connection.owner || connection.owner.inode === 0) {
      try {
        connection.owner = kernel.roster.ownerOf(connection);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        this.#complain("cannot tell whose connections are", error);
      }
    }
    this.#assign(connection, isLate, nowMs);
  }

  #assign(connection: Connection, isLate: boolean, nowMs: number): void {
    const kernel = this.#kernel as Kernel;
    connection.setTaken(kernel.roster.assign(connection, kernel.work, { isLate, nowMs }));
    connection.takeArrivals(kernel.work);
    if (this.#waits(connection)) this.#blocked.add(connection);
  }

  /** Whether a module waits for more bytes, and not for ever. */
  #waits({ out, in: arrived }: Connection): boolean {
    return Math.min(out.waitsUntilMs, arrived.waitsUntilMs) < Number.POSITIVE_INFINITY;
  }

  #hold(kernel: Kernel, connection: Connection, first: number): void {
    const inode = connection.owner?.inode ?? 0;
    if (connection.hold || inode === 0) return;
    try {
      const processes = [connection.owner?.process ?? 0, first].filter((each) => each > 0);
      const holder = findHolder(inode, processes, { except: process.pid });
      const fd = holder && duplicateDescriptor(holder, inode);
      if (!holder || fd === undefined) return;
      this.#keep(kernel, connection, { fd, inode, holder });
    } catch (error) {
      this.#complain("cannot hold an application's socket", error);
    }
  }

  #keep(kernel: Kernel, connection: Connection, hold: Hold): void {
    this.#context.hold({ kind: "descriptor", fd: hold.fd });
    connection.keep(hold);
    this.#byDescriptor.set(hold.fd, { connection, side: "socket" });
    kernel.epoll.add(hold.fd, connection.isAwaited ? epollOut : 0);
    connection.takeArrivals(kernel.work);
  }

  #letGo(connection: Connection): void {
    const hold = connection.letGo();
    if (!hold) return;
    this.#context.release({ kind: "descriptor", fd: hold.fd });
    closeDescriptor(hold.fd);
  }

  /** Does what there is to do for a descriptor; answers whether more is left. */
  #turn(
    kernel: Kernel,
    { connection, side }: { connection: Connection; side: "out" | "in" | "socket" },
    events: number,
    nowMs: number,
  ): boolean {
    if (!connection.owner) this.#identify(kernel, connection, false, nowMs);
    if (side === "socket") {
      if (connection.hold) kernel.epoll.change(connection.hold.fd, 0);
      if (events & epollOut && connection.isAwaited) connection.wakeSender();
      if (events & epollBroken) this.#breakOff(kernel, connection, nowMs);
      return this.#advance(kernel, connection, "out", nowMs);
    }
    return this.#advance(kernel, connection, side, nowMs);
  }

  #advance(kernel: Kernel, connection: Connection, name: "out" | "in", nowMs: number): boolean {
    const side = connection[name];
    const progress =
      name === "out" ? connection.turnOut(kernel.work, nowMs) : connection.turnIn(kernel.work, nowMs);
    this.#pause(kernel, connection, side, progress);
    // The sender is woken when its socket has room for what it will send then, and not only the pair.
    if (name === "out" && connection.isAwaited && connection.hold && progress !== "blocked") {
      kernel.epoll.change(connection.hold.fd, epollOut);
    }
    if (side.isBroken) this.#breakOff(kernel, connection, nowMs);
    if (name === "in") this.#releaseEndings(kernel, connection);
    if (name === "out" && connection.isClosed && progress === "idle") this.#finish(kernel, connection, nowMs);
    return progress === "more";
  }

  /** What cannot go on is not looked at until it can: when the network takes more, or by and by. */
  #pause(kernel: Kernel, connection: Connection, side: StreamSide, progress: Progress): void {
    if (this.#connections.get(connection.slot) !== connection) return;
    const isBlocked = progress === "blocked";
    kernel.epoll.change(side.readFd, isBlocked ? 0 : epollIn);
    if (this.#waits(connection)) this.#blocked.add(connection);
    if (!isBlocked) return;
    if (
      side.direction === "out" &&
      side.isWaiting &&
      connection.hold &&
      side.heldUntilMs <= performance.now()
    ) {
      kernel.epoll.change(connection.hold.fd, epollOut);
    } else this.#blocked.add(connection);
  }

  #retry(kernel: Kernel, connection: Connection, nowMs: number): void {
    this.#blocked.delete(connection);
    if (this.#connections.get(connection.slot) !== connection) return;
    this.#advance(kernel, connection, "out", nowMs);
    if (this.#connections.get(connection.slot) === connection) this.#advance(kernel, connection, "in", nowMs);
  }

  #judgeEnd(kernel: Kernel, { key, sequence, payloadBytes }: Ending, id: number, nowMs: number): EndVerdict {
    const connection = this.#byEnds.get(key);
    if (!connection?.hold || !connection.takesArrivals) return "pass";
    // What came before it may be here and waits for more, which is not to come.
    connection.in.isEnding = true;
    this.#advance(kernel, connection, "in", nowMs);
    if (connection.mayEnd(sequence) && connection.prepareEnd()) return "end";
    if (payloadBytes > 0) {
      connection.in.isEnding = false;
      return "bytes";
    }
    connection.endings.push({ id, sequence });
    this.#blocked.add(connection);
    return "hold";
  }

  #releaseEndings(kernel: Kernel, connection: Connection): void {
    const { endings } = connection;
    for (const { id, sequence } of endings.splice(0)) {
      if (connection.mayEnd(sequence) && connection.prepareEnd()) kernel.gate.release(id);
      else endings.push({ id, sequence });
    }
    if (endings.length > 0) this.#blocked.add(connection);
  }

  /** The application has shut its end down, or closed it: what is here goes on first. */
  #finish(kernel: Kernel, connection: Connection, nowMs: number): void {
    for (let turn = 0; connection.turnOut(kernel.work, nowMs) === "more"; turn += 1)
      if (turn > lastTurnsMax) return;
    if (!connection.isClosed || !(connection.isDrained("out") || connection.out.isBroken)) return;
    this.#forget(kernel, connection);
  }

  #breakOff(kernel: Kernel, connection: Connection, nowMs: number): void {
    if (connection.isOver) return;
    connection.isOver = true;
    // Bytes are lost where a side is broken: neither end is to take what it has for all.
    if (connection.out.isBroken || connection.in.isBroken) this.#destroy(connection);
    connection.turnIn(kernel.work, nowMs);
    connection.out.isBroken = true;
    connection.turnOut(kernel.work, nowMs);
    this.#releaseEndings(kernel, connection);
  }

  /** The application's socket is closed with the engine's hold on it, and its slot is another's. */
  #forget(kernel: Kernel, connection: Connection): void {
    const { slot, hold, endings } = connection;
    this.#connections.delete(slot);
    this.#byEnds.delete(keyOf(connection.ends));
    this.#blocked.delete(connection);
    for (const fd of [connection.out.readFd, connection.in.readFd, ...(hold ? [hold.fd] : [])]) {
      this.#byDescriptor.delete(fd);
      kernel.epoll.remove(fd);
    }
    this.#letGo(connection);
    kernel.taps.release(slot);
    for (const { id } of endings) kernel.gate.release(id);
    connection.flow?.close();
  }

  #look(kernel: Kernel, nowMs: number): void {
    this.#lookDueMs = nowMs + lookEveryMs;
    for (const connection of [...this.#connections.values()]) {
      const { hold } = connection;
      if (!hold) {
        this.#identify(kernel, connection, false, nowMs);
        this.#hold(kernel, connection, 0);
        if (!connection.hold && isGone(kernel, connection)) this.#forget(kernel, connection);
        continue;
      }
      if (holds(hold.holder, hold.inode)) continue;
      const other = findHolder(hold.inode, [], { except: process.pid });
      if (other) hold.holder = other;
      else {
        kernel.taps.markClosed(connection.slot);
        this.#finish(kernel, connection, nowMs);
      }
    }
  }

  /** Takes up connections that are there already. */
  #adoptPresent(kernel: Kernel, customizations: readonly Customization[], nowMs: number): void {
    const wanted = customizations.filter(({ spec, older }) => spec.attach === "immediate" || older.size > 0);
    if (wanted.length === 0) return;
    for (const { local, remote, localPort, remotePort } of listTcpConnections()) {
      const ends = {
        local: { address: local, port: localPort },
        remote: { address: remote, port: remotePort },
      };
      if (this.#byEnds.has(keyOf(ends))) continue;
      if (!wanted.some(({ tap }) => tap.matchesEnds(ends))) continue;
      const owner = kernel.roster.ownerOf({ ends });
      if (!owner || owner.inode === 0 || !kernel.roster.isWanted(owner, ends)) continue;
      this.#adopt(kernel, owner.inode, owner.process, ends, nowMs);
    }
  }

  #adopt(kernel: Kernel, inode: number, first: number, ends: Connection["ends"], nowMs: number): void {
    try {
      const holder = findHolder(inode, first > 0 ? [first] : [], { except: process.pid });
      const fd = holder && duplicateDescriptor(holder, inode);
      if (!holder || fd === undefined) return;
      const slot = kernel.taps.adopt(fd, ends);
      if (slot === undefined) return;
      const connection = this.#enter(kernel, slot);
      this.#keep(kernel, connection, { fd, inode, holder });
      this.#identify(kernel, connection, true, nowMs);
    } catch (error) {
      this.#complain("cannot tap a connection that is there", error);
    }
  }

  #drainAll(kernel: Kernel): void {
    const untilMs = performance.now() + drainMs;
    const isDrained = (each: Connection): boolean =>
      each.isOver || (each.isDrained("out") && each.isDrained("in"));
    for (const connection of this.#connections.values()) this.#assign(connection, true, performance.now());
    for (let nowMs = performance.now(); nowMs < untilMs; nowMs = performance.now()) {
      kernel.taps.events((event) => this.#handle(kernel, event, nowMs));
      const busy = [...this.#connections.values()].filter((each) => !isDrained(each));
      if (busy.length === 0) return;
      for (const connection of busy) this.#retry(kernel, connection, nowMs);
    }
  }

  /** Leaves a connection to the kernel. */
  #leave(kernel: Kernel, connection: Connection): void {
    if (!connection.isOver && !(connection.isDrained("out") && connection.isDrained("in")))
      this.#destroy(connection);
    // What arrives is the application's own again; what came until then is given to it.
    kernel.taps.leave(connection.slot);
    connection.turnIn(kernel.work, performance.now());
    for (const { id } of connection.endings) kernel.gate.release(id);
    this.#letGo(connection);
    connection.flow?.close();
  }

  #destroy({ ends, cookie }: Connection): void {
    try {
      destroyConnection(ends, cookie);
    } catch (error) {
      this.#complain("cannot break a connection off", error);
    }
  }

  #complain(text: string, error: unknown): void {
    const { message } = error as Error;
    if (message !== this.#refusal) this.#context.log.warn({ reason: message }, text);
    this.#refusal = message;
  }
}

function holdingsOf({ gate, epoll, work }: Kernel) {
  return [...gate.queue.holdings(), { kind: "descriptor" as const, fd: epoll.fd }, work.holding];
}

function isGone({ roster }: Kernel, connection: Connection): boolean {
  const owner = roster.ownerOf(connection);
  return owner?.cookie !== connection.cookie;
}

function keyOf({ local, remote }: Connection["ends"]): string {
  const text = ({ address, port }: Connection["ends"]["local"]): string =>
    `${Buffer.from(address).toString("hex")}:${port}`;
  return `${text(local)} ${text(remote)}`;
}

function portsOf({ spec: { tap } }: Customization): { local?: number; remote?: number } {
  const { local, remote } = tap;
  return {
    ...(local.port !== undefined && { local: local.port }),
    ...(remote.port !== undefined && { remote: remote.port }),
  };
}

function rulesOf({ tap: { spec } }: Customization): QueueRule[] {
  const { local, remote } = spec;
  return ([4, 6] as const)
    .filter((family) =>
      [local, remote].every(({ address }) => address === undefined || isIP(address) === family),
    )
    .map((family) => ({ protocol: "TCP ends", hook: "INPUT", family, source: remote, destination: local }));
}
