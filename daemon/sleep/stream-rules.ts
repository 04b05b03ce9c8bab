import type { StreamGuest, StreamSink } from "../../modules/mod.ts";
import type { Problem } from "../../schemas/mod.ts";
import type { Connection } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { Rule } from "./rule.ts";

/** So much of what a rule says is kept for a peer that does not read; more breaks the connection off. */
const outboxBytesMax = 256 * 1024;

/**
 * Calls rules that speak on streams and takes down what they say. Nothing is done before the call is over: what became of
 * which connection is then in `touched`, and whether the host is wanted in `wanted`.
 */
export class StreamRules implements StreamSink {
  readonly touched = new Set<Connection>();
  wanted = false;
  readonly #connections: Connections;
  #rule: Rule | undefined;
  #sent = false;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Calls the rule's guest inside its gate; answers what is wrong with it, and then nothing was touched. */
  run(rule: Rule, call: (guest: StreamGuest) => Problem | undefined): Problem | undefined {
    this.touched.clear();
    this.wanted = false;
    this.#rule = rule;
    this.#sent = false;
    rule.gate.enter();
    try {
      return call(rule.streams);
    } finally {
      rule.gate.leave();
      if (this.#sent) rule.noteAnswered();
    }
  }

  send(number: number, memory: Uint8Array, offset: number, length: number): void {
    const connection = this.#speaking(number);
    if (!connection) return;
    if (connection.outbox.bytes + length > outboxBytesMax) connection.doomed = true;
    else connection.outbox.add(memory.slice(offset, offset + length));
    this.#sent = true;
  }

  close(number: number): void {
    const connection = this.#speaking(number);
    if (connection) connection.stage = { kind: "closing" };
  }

  reset(number: number): void {
    const connection = this.#speaking(number);
    if (connection) connection.doomed = true;
  }

  wake(): void {
    this.wanted = true;
  }

  handOver(number: number, memory: Uint8Array, offset: number, length: number): void {
    const connection = this.#speaking(number);
    if (!connection) return;
    this.wanted = true;
    const first = memory.slice(offset, offset + length);
    connection.stage = { kind: "held", first, sinceMs: performance.now() };
  }

  /** A connection that is the rule's own and that it may still speak on; anything else is refused and counted. */
  #speaking(number: number): Connection | undefined {
    const connection = this.#connections.get(number);
    if (connection?.rule === this.#rule && connection?.stage.kind === "speaking" && !connection.doomed) {
      this.touched.add(connection);
      return connection;
    }
    if (this.#rule) this.#rule.counts.refused += 1;
    return undefined;
  }
}
