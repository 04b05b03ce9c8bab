import { ProblemError } from "../../../schemas/mod.ts";
import { listSocketCookies, NfQueue, QueueRules, type SocketOwners } from "../../linux/mod.ts";
import type { LoopContext } from "../../worker/mod.ts";
import { Complaints } from "../complaints.ts";
import type { Customization } from "../customization.ts";
import type { SharedOwners } from "../shared-owners.ts";
import type { Transport } from "../transport.ts";
import { DatagramHandler } from "./datagram-handler.ts";
import { Paths } from "./paths.ts";
import { queueRulesOf } from "./queue-rules-of.ts";

/** The first queue number that is tried. */
const queueNumber = 4_545;
/** Packets that may wait in the kernel, those that are held back included; what comes on top is dropped. */
const packetsMax = 16_384;
const batchesPerTurnMax = 4;
/** A deprecated customization that took no datagram of a socket for so long lets go of it: datagram sockets may stay open for ever. */
const releaseAfterMs = 30_000;
const housekeepingEveryMs = 1_000;
/** Without customizations the last rules go when no datagram came for so long. */
const quietMs = 1_000;
/** What is open while there are customizations, and from then on. */
interface Kernel {
  queue: NfQueue;
  owners: SocketOwners;
  paths: Paths;
  handler: DatagramHandler;
}

/**
 * Datagrams, by NFQUEUE: what an application sends is taken before it leaves the host, what arrives before the application can
 * read it. Only datagrams that some tap may mean come this way (docs/layer45.md, "Datagrams").
 */
export class UdpTransport implements Transport {
  readonly #context: LoopContext;
  readonly #owners: SharedOwners;
  readonly #rules = new QueueRules({ prefix: "NETLOOM-L45" });
  #kernel: Kernel | undefined;
  /** Rules are on, and customizations want them. */
  #hasRules = false;
  #isWanted = false;
  #housekeepingDueMs = 0;
  #busyAtMs = 0;
  #overflows: number | undefined;

  constructor(context: LoopContext, owners: SharedOwners) {
    this.#context = context;
    this.#owners = owners;
    this.#clearLeftovers();
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
    return {
      held_dropped_total: this.#kernel?.handler.heldDropped ?? 0,
      ...(this.#overflows !== undefined && { queue_dropped_total: this.#overflows }),
    };
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
    // It waits as soon as there is nothing: whoever gets the datagram is woken on this very processor, and wants it.
    if (this.#receive(kernel, nowMs)) this.#busyAtMs = nowMs;
    kernel.handler.release(nowMs);
    if (nowMs >= this.#housekeepingDueMs) this.#keepHouse(kernel, nowMs);
    return Math.max(0, Math.min(kernel.handler.dueMs, this.#housekeepingDueMs) - nowMs);
  }

  stop(): void {
    if (!this.#kernel) return;
    const { queue, owners, paths, handler } = this.#kernel;
    this.#rules.apply(queue.number, []);
    // What the kernel still keeps goes on: it would be dropped with the queue.
    for (let batch = 0; batch < packetsMax && passBatch(queue); batch += 1);
    handler.release(Number.POSITIVE_INFINITY);
    this.#rules.clear();
    paths.close();
    for (const holding of queue.holdings()) this.#context.release(holding);
    queue.close();
    owners.close();
    this.#kernel = undefined;
  }

  /** True when there was something. */
  #receive({ queue, paths, handler }: Kernel, nowMs: number): boolean {
    for (let batch = 0; batch < batchesPerTurnMax; batch += 1) {
      const count = queue.receive();
      if (count === 0) return batch > 0;
      // Whoever closed a socket did so before another could send with its port.
      paths.follow();
      for (let index = 0; index < count; index += 1) if (queue.select(index)) handler.handle(nowMs);
      queue.flush();
    }
    return true;
  }

  #keepHouse({ queue, paths, handler }: Kernel, nowMs: number): void {
    this.#housekeepingDueMs = nowMs + housekeepingEveryMs;
    this.#overflows = queue.overflows();
    paths.follow();
    paths.release(nowMs - releaseAfterMs);
    // What waits in the queue would be lost with the last of the rules, so they stay until nothing does.
    const isQuiet = nowMs > this.#busyAtMs + quietMs && handler.dueMs === Number.POSITIVE_INFINITY;
    if (!this.#hasRules || this.#isWanted || !isQuiet) return;
    this.#hasRules = false;
    this.#rules.clear();
  }

  /** A daemon that was killed leaves its rules behind. Where they cannot be taken off, who installs is told. */
  #clearLeftovers(): void {
    try {
      this.#rules.clear();
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.#context.log.warn({ problem: error.problem }, "queue rules of an earlier daemon stay");
    }
  }

  #open(): Kernel {
    if (this.#kernel) return this.#kernel;
    const owners = this.#owners.share();
    let queue: NfQueue;
    try {
      queue = NfQueue.open({ number: queueNumber, packetsMax });
    } catch (error) {
      owners.close();
      throw error;
    }
    for (const holding of queue.holdings()) this.#context.hold(holding);
    const paths = new Paths(owners);
    const complaints = new Complaints(this.#context.log);
    const handler = new DatagramHandler(queue, paths, (found) =>
      complaints.tell("cannot tell whose datagrams are", found.message, { problem: found }),
    );
    this.#kernel = { queue, owners, paths, handler };
    this.#context.changed();
    return this.#kernel;
  }
}

function passBatch(queue: NfQueue): boolean {
  const count = queue.receive();
  for (let index = 0; index < count; index += 1) if (queue.select(index)) queue.accept(queue.id);
  queue.flush();
  return count > 0;
}
