import { type Problem, ProblemError } from "../../../schemas/mod.ts";
import { hooks, type NfQueue } from "../../linux/mod.ts";
import type { Customization } from "../customization.ts";
import { customize, type Judgement } from "../message.ts";
import type { Direction } from "../message-counts.ts";
import { Datagram } from "./datagram.ts";
import { DelayQueue } from "./delay-queue.ts";
import { LinkMtus } from "./link-mtus.ts";
import type { Path, Paths } from "./paths.ts";

/** Gives each datagram of the queue its verdict, now or when it was held back for long enough. */
export class DatagramHandler {
  /** Lost because too many were held back. */
  heldDropped = 0;
  readonly #queue: NfQueue;
  readonly #paths: Paths;
  readonly #unknown: (found: Problem) => void;
  readonly #datagram = new Datagram();
  readonly #judgement: Judgement = { outcome: "pass", delayMs: 0, by: undefined };
  readonly #message = { bytes: new Uint8Array(0), offset: 0, length: 0, nowMs: 0 };
  readonly #delayed = new DelayQueue();
  readonly #mtus = new LinkMtus();

  /** @param unknown is told why the kernel does not say whose a datagram is */
  constructor(queue: NfQueue, paths: Paths, unknown: (found: Problem) => void) {
    this.#queue = queue;
    this.#paths = paths;
    this.#unknown = unknown;
    this.#message.bytes = queue.bytes;
  }

  /** When the first of those that are held back is to go on. */
  get dueMs(): number {
    return this.#delayed.dueMs;
  }

  /** Handles the packet that is selected in the queue. */
  handle(nowMs: number): void {
    const queue = this.#queue;
    const datagram = this.#datagram;
    datagram.device = queue.device;
    const direction = queue.hook === hooks.localOut ? "out" : "in";
    const path = datagram.read(queue.bytes, queue.start, queue.wholeLength, queue.length)
      ? this.#pathOf(direction, nowMs)
      : undefined;
    if (!path) {
      queue.accept(queue.id);
      return;
    }
    const judgement = this.#judgement;
    if (datagram.isCut) judgeUnseen(judgement, path);
    else this.#judge(path, direction, nowMs);
    if (judgement.outcome === "drop") queue.drop(queue.id);
    else if (judgement.delayMs > 0 || this.#delayed.holds(path.side)) this.#hold(path, nowMs);
    else this.#sendOn();
  }

  /** Lets those go on that were held back until now. */
  release(nowMs: number): void {
    if (this.#delayed.dueMs > nowMs) return;
    const queue = this.#queue;
    for (const { id, packet } of this.#delayed.take(nowMs)) {
      if (packet) queue.bytes.set(packet, queue.replace(id, packet.length));
      else queue.accept(id);
    }
    queue.flush();
  }

  /** Where the kernel does not say whose it is, nobody's customization sees it. */
  #pathOf(direction: Direction, nowMs: number): Path | undefined {
    try {
      return this.#paths.find(direction, this.#datagram, nowMs);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.#unknown(error.problem);
      return undefined;
    }
  }

  #judge({ stations }: Path, direction: Direction, nowMs: number): void {
    const message = this.#message;
    message.offset = this.#datagram.payloadAt;
    message.length = this.#datagram.payloadLength;
    message.nowMs = nowMs;
    const judgement = this.#judgement;
    customize(judgement, direction, stations, message);
    const { by } = judgement;
    if (!by) return;
    const length = this.#datagram.lengthWith(by.answer.bytes);
    if (length === undefined) {
      by.refuse();
      judgement.by = undefined;
      judgement.outcome = by.spec.onFault === "drop" ? "drop" : "pass";
    } else if (direction === "out" && this.#mtus.isLonger(length, this.#datagram.device, nowMs)) {
      by.counts.outgrown += 1;
    }
  }

  #sendOn(): void {
    const { by } = this.#judgement;
    const queue = this.#queue;
    if (by) this.#write(by, queue.bytes, queue.replace(queue.id, this.#lengthBy(by)));
    else queue.accept(queue.id);
  }

  #hold({ side }: Path, nowMs: number): void {
    const { by, delayMs } = this.#judgement;
    const { id } = this.#queue;
    const length = by ? this.#lengthBy(by) : 0;
    if (!this.#delayed.hasRoom(length)) {
      this.heldDropped += 1;
      this.#queue.drop(id);
      return;
    }
    const packet = by && new Uint8Array(length);
    if (by && packet) this.#write(by, packet, 0);
    this.#delayed.add(side, { id, packet }, nowMs + delayMs);
  }

  #lengthBy(by: Customization): number {
    return this.#datagram.lengthWith(by.answer.bytes) as number;
  }

  #write(by: Customization, target: Uint8Array, at: number): void {
    const datagram = this.#datagram;
    by.answer.copyTo(target, at + datagram.payloadAt - datagram.packetAt);
    datagram.writeHeaders(target, at, by.answer.bytes);
  }
}

/** No module can be shown it, which is a failure of each: the first that does not let it pass then has it dropped. */
function judgeUnseen(judgement: Judgement, { stations }: Path): void {
  judgement.outcome = "pass";
  judgement.delayMs = 0;
  judgement.by = undefined;
  for (const { attachment } of stations) {
    const { customization } = attachment;
    if (customization.state === "installed") continue;
    customization.counts.refused += 1;
    if (customization.spec.onFault === "accept") continue;
    judgement.outcome = "drop";
    return;
  }
}
