import { ProblemError } from "../../../schemas/mod.ts";
import {
  hooks,
  listSocketCookies,
  NfQueue,
  openSocketOwners,
  QueueRules,
  type SocketOwners,
} from "../../linux/mod.ts";
import type { LoopContext } from "../../worker/mod.ts";
import type { Customization, Direction } from "../customization.ts";
import { customize, type Judgement } from "../message.ts";
import type { Transport } from "../transport.ts";
import { Datagram } from "./datagram.ts";
import { DelayQueue } from "./delay-queue.ts";
import { LinkMtus } from "./link-mtus.ts";
import { type Path, Paths } from "./paths.ts";
import { queueRulesOf } from "./queue-rules-of.ts";

/** The first queue number that is tried. */
const queueNumber = 4_545;
/** Packets that may wait in the kernel, those that are held included; what comes on top is dropped. */
const packetsMax = 16_384;
const batchesPerTurnMax = 4;
/** A deprecated customization that took no datagram of a socket for so long lets go of it: datagram sockets may stay open for ever. */
const releaseAfterMs = 30_000;
const housekeepingEveryMs = 1_000;
/**
 * After a datagram the loop looks again for this long before it waits: a query and what follows from it come closer together
 * than that.
 */
const lingerMs = 0.05;

/** Without customizations the last rules go when no datagram came for so long. */
const quietMs = 1_000;

interface Kernel {
  queue: NfQueue;
  owners: SocketOwners;
  paths: Paths;
}

/**
 * Datagrams, by NFQUEUE: what an application sends is taken before it leaves the host, what arrives before the application can
 * read it. Only datagrams that some tap may mean come this way (docs/layer45.md, "Datagrams").
 */
export class UdpTransport implements Transport {
  readonly #context: LoopContext;
  readonly #rules = new QueueRules({ prefix: "NETLOOM-L45" });
  readonly #datagram = new Datagram();
  readonly #judgement: Judgement = { outcome: "pass", delayMs: 0, by: undefined };
  readonly #delayed = new DelayQueue();
  readonly #message = { bytes: new Uint8Array(0), offset: 0, length: 0, nowMs: 0 };
  #kernel: Kernel | undefined;
  #housekeepingDueMs = 0;
  #lingerUntilMs = 0;
  readonly #mtus = new LinkMtus();
  readonly #losses: { queue_dropped_total?: number; held_dropped_total: number } = { held_dropped_total: 0 };
  #refusal = "";
  #isWanted = false;
  #hasRules = false;
  #quietSinceMs = 0;

  constructor(context: LoopContext) {
    this.#context = context;
    // A daemon that was killed leaves its rules behind.
    this.#rules.clear();
  }

  settle(customizations: readonly Customization[]): void {
    if (customizations.length === 0 && !this.#kernel) return;
    const { queue, paths } = this.#open();
    this.#rules.apply(queue.number, queueRulesOf(customizations));
    paths.settle(customizations);
    this.#isWanted = customizations.length > 0;
    this.#hasRules = true;
  }

  losses(): Record<string, number> {
    return { ...this.#losses };
  }

  sockets(): ReadonlySet<bigint> {
    return listSocketCookies("UDP");
  }

  descriptors(): readonly number[] {
    return this.#kernel ? [this.#kernel.queue.fd] : [];
  }

  turn(nowMs: number): number {
    const kernel = this.#kernel;
    if (!kernel) return Number.POSITIVE_INFINITY;
    let count = 0;
    for (let batch = 0; batch < batchesPerTurnMax; batch += 1) {
      const received = kernel.queue.receive();
      if (received === 0) break;
      count += received;
      this.#handleBatch(kernel, received, nowMs);
    }
    this.#releaseHeld(kernel, nowMs);
    if (nowMs >= this.#housekeepingDueMs) {
      this.#housekeepingDueMs = nowMs + housekeepingEveryMs;
      kernel.paths.follow();
      const overflows = kernel.queue.overflows();
      if (overflows !== undefined) this.#losses.queue_dropped_total = overflows;
      kernel.paths.release(nowMs - releaseAfterMs);
    }
    if (count > 0) this.#quietSinceMs = nowMs;
    else if (this.#hasRules && !this.#isWanted) this.#clearWhenQuiet(nowMs);
    if (count > 0) this.#lingerUntilMs = nowMs + lingerMs;
    if (nowMs < this.#lingerUntilMs) return 0;
    return Math.max(0, Math.min(this.#delayed.dueMs, this.#housekeepingDueMs) - nowMs);
  }

  stop(): void {
    if (!this.#kernel) return;
    const { queue, owners, paths } = this.#kernel;
    this.#rules.apply(queue.number, []);
    // What the kernel still keeps goes on: it would be dropped with the queue.
    for (let batch = 0; batch < packetsMax && this.#passBatch(queue); batch += 1);
    this.#releaseHeld(this.#kernel, Number.POSITIVE_INFINITY);
    this.#rules.clear();
    paths.close();
    for (const holding of [...queue.holdings(), ...owners.holdings()]) this.#context.release(holding);
    queue.close();
    owners.close();
    this.#kernel = undefined;
  }

  /** What waits in the queue would be lost with the last of the rules, so they stay until nothing does. */
  #clearWhenQuiet(nowMs: number): void {
    if (nowMs < this.#quietSinceMs + quietMs || this.#delayed.dueMs < Number.POSITIVE_INFINITY) return;
    this.#hasRules = false;
    this.#rules.clear();
  }

  #open(): Kernel {
    if (this.#kernel) return this.#kernel;
    const owners = openSocketOwners();
    let queue: NfQueue;
    try {
      queue = NfQueue.open({ number: queueNumber, packetsMax });
    } catch (error) {
      owners.close();
      throw error;
    }
    for (const holding of [...queue.holdings(), ...owners.holdings()]) this.#context.hold(holding);
    this.#kernel = { queue, owners, paths: new Paths(owners) };
    this.#message.bytes = queue.bytes;
    this.#context.changed();
    return this.#kernel;
  }

  #handleBatch({ queue, paths }: Kernel, count: number, nowMs: number): void {
    // Whoever closed a socket did so before another could send with its port.
    paths.follow();
    for (let index = 0; index < count; index += 1) {
      if (queue.select(index)) this.#handle(queue, paths, nowMs);
    }
    queue.flush();
  }

  #handle(queue: NfQueue, paths: Paths, nowMs: number): void {
    const datagram = this.#datagram;
    if (!datagram.read(queue.bytes, queue.start, queue.wholeLength, queue.length)) {
      queue.accept(queue.id);
      return;
    }
    datagram.device = queue.device;
    const direction = queue.hook === hooks.localOut ? "out" : "in";
    const path = this.#pathOf(paths, direction, nowMs);
    if (!path) {
      queue.accept(queue.id);
      return;
    }
    const judgement = this.#judgement;
    if (datagram.isCut) {
      if (refuseUnseen(path)) queue.drop(queue.id);
      else queue.accept(queue.id);
      return;
    }
    const message = this.#message;
    message.offset = datagram.payloadAt;
    message.length = datagram.payloadLength;
    message.nowMs = nowMs;
    customize(judgement, direction, path.stations, message);
    if (judgement.outcome === "replace") this.#checkLength(judgement, direction, nowMs);
    if (judgement.outcome === "drop") queue.drop(queue.id);
    else if (judgement.delayMs > 0 || this.#delayed.holds(path.side)) this.#hold(queue, path, nowMs);
    else this.#sendOn(queue);
  }

  /** Where the kernel does not say whose it is, nobody's customization sees it. */
  #pathOf(paths: Paths, direction: Direction, nowMs: number): Path | undefined {
    try {
      return paths.find(direction, this.#datagram, nowMs);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (this.#refusal !== error.message) {
        this.#context.log.warn({ problem: error.problem }, "cannot tell whose datagrams are");
      }
      this.#refusal = error.message;
      return undefined;
    }
  }

  #checkLength(judgement: Judgement, direction: Direction, nowMs: number): void {
    const by = judgement.by as Customization;
    const length = this.#datagram.lengthWith(by.answer.bytes);
    if (length === undefined) {
      by.refuse();
      judgement.outcome = by.spec.onFault === "drop" ? "drop" : "pass";
    } else if (direction === "out" && this.#mtus.isLonger(length, this.#datagram.device, nowMs)) {
      by.counts.outgrown += 1;
    }
  }

  #sendOn(queue: NfQueue): void {
    const { outcome, by } = this.#judgement;
    if (outcome === "replace" && by) {
      const length = by.answer.bytes;
      const at = queue.replace(queue.id, this.#datagram.lengthWith(length) as number);
      this.#write(by, queue.bytes, at, length);
    } else queue.accept(queue.id);
  }

  #write(by: Customization, target: Uint8Array, at: number, length: number): void {
    const datagram = this.#datagram;
    by.answer.copyTo(target, at + datagram.payloadAt - datagram.packetAt);
    datagram.writeHeaders(target, at, length);
  }

  #hold(queue: NfQueue, path: Path, nowMs: number): void {
    const { outcome, by, delayMs } = this.#judgement;
    const length = outcome === "replace" && by ? this.#datagram.lengthWith(by.answer.bytes) : undefined;
    if (!this.#delayed.hasRoom(length ?? 0)) {
      this.#losses.held_dropped_total += 1;
      queue.drop(queue.id);
      return;
    }
    let packet: Uint8Array | undefined;
    if (by && length !== undefined) {
      packet = new Uint8Array(length);
      this.#write(by, packet, 0, by.answer.bytes);
    }
    this.#delayed.add(path.side, { id: queue.id, packet }, nowMs + delayMs);
  }

  #releaseHeld({ queue }: Kernel, nowMs: number): void {
    if (this.#delayed.dueMs > nowMs) return;
    for (const { id, packet } of this.#delayed.take(nowMs)) {
      if (packet) queue.bytes.set(packet, queue.replace(id, packet.length));
      else queue.accept(id);
    }
    queue.flush();
  }

  #passBatch(queue: NfQueue): boolean {
    const count = queue.receive();
    for (let index = 0; index < count; index += 1) if (queue.select(index)) queue.accept(queue.id);
    queue.flush();
    return count > 0;
  }
}

/** No module can be shown it: each has failed. True when one of them does not let it pass then. */
function refuseUnseen({ stations }: Path): boolean {
  for (const { attachment } of stations) {
    const { customization } = attachment;
    if (customization.state === "installed") continue;
    customization.refuseUnseen();
    if (customization.spec.onFault === "drop") return true;
  }
  return false;
}
