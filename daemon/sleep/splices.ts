import type { StreamEnds } from "./connection.ts";
import type { Conversation, Conversations } from "./conversations.ts";
import { askTimes, Splice, type SpliceContext } from "./splice.ts";

export const spliceTimes = {
  ...askTimes,
  /** Nothing moved, either way, for this long: it is broken off. */
  idleMs: 30 * 60_000,
  /** What was sent last may be lost on the way and be sent again: for this long the connection is known. */
  lingerMs: 10_000,
} as const;

/** The connections that were handed over to hosts that woke. */
export class Splices {
  readonly #conversations: Conversations;
  readonly #context: SpliceContext;
  readonly #open = new Set<Splice>();
  /** Ended, and not forgotten yet. */
  readonly #parting = new Map<Splice, number>();

  constructor(conversations: Conversations, context: SpliceContext) {
    this.#conversations = conversations;
    this.#context = context;
  }

  get size(): number {
    return this.#open.size + this.#parting.size;
  }

  get ends(): StreamEnds[] {
    return [...this.#open, ...this.#parting.keys()].map(({ ends }) => ends);
  }

  add(
    from: { fd: number; ends: StreamEnds; conversation: Conversation; first: Uint8Array },
    nowMs: number,
  ): void {
    this.#conversations.splice(from.conversation);
    // Its peer's packets come in by that link, whether a host sleeps there or not.
    from.conversation.link.users += 1;
    this.#open.add(new Splice(from, this.#context, nowMs));
  }

  /** Goes on with those that wait, and takes leave of those that have ended. */
  settle(nowMs: number): void {
    for (const splice of this.#open) {
      splice.tick(nowMs);
      if (nowMs - splice.movedMs >= spliceTimes.idleMs) splice.state = "broken";
      if (splice.state === "open") continue;
      splice.close();
      this.#open.delete(splice);
      this.#parting.set(splice, nowMs + spliceTimes.lingerMs);
    }
    for (const [splice, untilMs] of this.#parting) if (nowMs >= untilMs) this.#forget(splice);
  }

  stop(): void {
    for (const splice of this.#open) {
      splice.close();
      this.#parting.set(splice, 0);
    }
    this.#open.clear();
  }

  #forget(splice: Splice): void {
    this.#parting.delete(splice);
    splice.conversation.link.users -= 1;
    this.#conversations.forget(splice.conversation);
  }
}
