import type { Problem } from "../schemas/mod.ts";
import type { CompiledModule } from "./compile.ts";
import { Guest, type GuestOptions } from "./guest.ts";
import { type ReactionSink, readReaction } from "./reaction.ts";

/**
 * A rule of the sleep proxy, running (sloth-sleep-proxy §3.6 and §3.7). Each call hands the rule's reaction to the sink
 * and answers undefined, or a problem (`module.trapped`, `module.answer-invalid`) with the sink told nothing.
 *
 * Where the document is silent: the input block is the host's, is allocated once and carries one packet after the other;
 * an answer stays the rule's own, and the host reads it before it calls again and never frees it.
 *
 * After a trap the guest's memory is as the trap left it; make a new guest to start afresh. A guest that loops for ever
 * keeps the thread: ending that is for whoever watches the thread.
 */
export class SleepGuest {
  readonly #guest: Guest;
  readonly #process: (pointer: number) => number;

  /** Throws a `ProblemError` (`module.*`) when the module does not start, or refuses its configuration. */
  constructor(module: CompiledModule, options: GuestOptions) {
    this.#guest = new Guest(module, options);
    this.#process = this.#guest.entry("process_packet");
  }

  /** Lets the rule see one packet: `length` bytes of `source` from `offset` on. */
  processPacket(source: Uint8Array, offset: number, length: number, sink: ReactionSink): Problem | undefined {
    const pointer = this.#guest.put(source, offset, length);
    if (typeof pointer !== "number") return pointer;
    return this.#deliver("process_packet", this.#guest.run(this.#process, "process_packet", pointer), sink);
  }

  /** The rule's timer has expired; a rule without `on_timer` ignores it. */
  onTimer(sink: ReactionSink): Problem | undefined {
    return this.#notify("on_timer", sink);
  }

  /** The sleeping host is awake; what the rule answers is for it. A rule without `on_wakeup` ignores it. */
  onWakeup(sink: ReactionSink): Problem | undefined {
    return this.#notify("on_wakeup", sink);
  }

  /** Bytes of memory the rule has now. */
  get memoryBytes(): number {
    return this.#guest.bytes.length;
  }

  #notify(name: string, sink: ReactionSink): Problem | undefined {
    if (!this.#guest.has(name)) return undefined;
    return this.#deliver(name, this.#guest.run(this.#guest.entry(name), name), sink);
  }

  #deliver(call: string, answer: number | Problem, sink: ReactionSink): Problem | undefined {
    if (typeof answer !== "number") return answer;
    const wrong = readReaction(this.#guest.bytes, answer, sink);
    return wrong === undefined ? undefined : this.#guest.invalid(call, wrong);
  }
}
