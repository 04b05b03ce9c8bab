import type { Problem } from "../schemas/mod.ts";
import type { CompiledModule } from "./compile.ts";
import { type CallResult, Guest, type GuestOptions } from "./guest.ts";
import { readStreamAnswer, type StreamSink } from "./stream-answer.ts";

/**
 * A rule of the sleep proxy that speaks on TCP connections (`streamAbi`), running. Calls end as those of `SleepGuest` do:
 * the sink is told what the rule does, or a problem is answered and the sink told nothing.
 */
export class StreamGuest {
  readonly #guest: Guest;

  /** Throws a `ProblemError` (`module.*`) when the module does not start, or refuses its configuration. */
  constructor(module: CompiledModule, options: GuestOptions) {
    this.#guest = new Guest(module, options);
  }

  /**
   * A connection was accepted. `ends` says between whom: version (1 byte: 4 or 6), a zero, the peer's port and the own
   * one (2 bytes each, network order), the peer's address and the own one (16 bytes each, of which IPv4 fills four).
   */
  open(connection: number, ends: Uint8Array, sink: StreamSink): Problem | undefined {
    if (!this.#guest.has("stream_open")) return undefined;
    const block = this.#guest.put(ends, 0, ends.length);
    return typeof block === "number" ? this.#call("stream_open", sink, connection, block) : block;
  }

  /** The peer sent these bytes, at most `streamBytesMax`. */
  data(connection: number, bytes: Uint8Array, sink: StreamSink): Problem | undefined {
    const block = this.#guest.put(bytes, 0, bytes.length);
    return typeof block === "number" ? this.#call("stream_data", sink, connection, block) : block;
  }

  /** The peer sends no more. Answers false when the rule has no say in it: the stream is then to be closed. */
  end(connection: number, sink: StreamSink): Problem | boolean {
    if (!this.#guest.has("stream_end")) return false;
    return this.#call("stream_end", sink, connection) ?? true;
  }

  /** The connection is gone, or no longer the rule's; its number will not be heard again. */
  close(connection: number): Problem | undefined {
    if (!this.#guest.has("stream_close")) return undefined;
    const result = this.#guest.run(this.#guest.entry("stream_close"), "stream_close", connection);
    return typeof result === "number" ? undefined : result;
  }

  onTimer(sink: StreamSink): Problem | undefined {
    return this.#guest.has("on_timer") ? this.#call("on_timer", sink) : undefined;
  }

  /** Bytes of memory the rule has now. */
  get memoryBytes(): number {
    return this.#guest.bytes.length;
  }

  #call(name: string, sink: StreamSink, first = 0, second = 0): Problem | undefined {
    const answer: CallResult = this.#guest.run(this.#guest.entry(name), name, first, second);
    if (typeof answer !== "number") return answer;
    const wrong = readStreamAnswer(this.#guest.bytes, answer, sink);
    return wrong === undefined ? undefined : this.#guest.invalid(name, wrong);
  }
}
