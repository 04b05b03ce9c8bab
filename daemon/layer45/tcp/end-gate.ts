import { NfQueue, type QueueRule, QueueRules } from "../../linux/mod.ts";
import { type Ending, readEnding, withoutEnd, withoutPayload } from "./ending.ts";

const queueNumber = 4_745;
const packetsMax = 4_096;

/** What becomes of a segment that ends its sender's stream. */
export type EndVerdict = "pass" | "hold" | "end" | "bytes";

/**
 * Segments that say that the peer has nothing more to send, by NFQUEUE, before the application's socket has them: it would
 * tell the application of the end before the last bytes have come through the engine.
 */
export class EndGate {
  readonly queue: NfQueue;
  readonly #rules = new QueueRules({ prefix: "NETLOOM-L45-END" });

  /** Throws `linux.*` problems. */
  constructor() {
    this.#rules.clear();
    this.queue = NfQueue.open({ number: queueNumber, packetsMax });
  }

  lookFor(rules: readonly QueueRule[]): void {
    if (rules.length > 0) this.#rules.apply(this.queue.number, rules);
    else this.#rules.clear();
  }

  /**
   * Asks of each segment that waits what is to become of it. "hold": it is kept until `release`. "end": what it carries beside
   * the end has come before. "bytes": what it carries goes on, and the end does not; the peer sends that again.
   */
  read(decide: (ending: Ending, id: number) => EndVerdict): void {
    const { queue } = this;
    for (let count = queue.receive(); count > 0; count = queue.receive()) {
      for (let index = 0; index < count; index += 1) if (queue.select(index)) this.#decide(decide);
      queue.flush();
    }
  }

  release(id: number): void {
    this.queue.accept(id);
    this.queue.flush();
  }

  close(): void {
    this.#rules.clear();
    this.read(() => "pass");
    this.queue.close();
  }

  #decide(decide: (ending: Ending, id: number) => EndVerdict): void {
    const { queue } = this;
    const { id, start, length } = queue;
    const ending = readEnding(queue.bytes, start, length);
    const verdict = ending ? decide(ending, id) : "pass";
    if (verdict === "hold") return;
    if (!ending || verdict === "pass" || ending.payloadBytes === 0) {
      queue.accept(id);
      return;
    }
    // What has come before is not to come again: of a segment that is sent anew only the new half goes on.
    const packet = queue.bytes.slice(start, start + length);
    const wanted = verdict === "end" ? withoutPayload(packet) : withoutEnd(packet);
    queue.bytes.set(packet.subarray(0, wanted), queue.replace(id, wanted));
  }
}
