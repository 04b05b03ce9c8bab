import type { StreamGuest } from "../../modules/mod.ts";
import { addressText, type Problem } from "../../schemas/mod.ts";
import { readTcp } from "../linux/mod.ts";
import { type Connection, encodeEnds } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { EngineParts } from "./engine-parts.ts";
import type { Rule } from "./rule.ts";
import { StreamRules } from "./stream-rules.ts";
import type { WakeCall } from "./wakes.ts";
import type { Watch } from "./watch.ts";

export interface ExchangeContext {
  connections: Connections;
  watch: Watch;
  /** Room to read into, of one for all: nothing is kept in it. */
  buffer: Uint8Array;
  clock: EngineParts["clock"];
  events: StreamEvents;
}

export interface StreamEvents {
  /** The rule wants its host awake, for what it was called for. */
  wanted(rule: Rule, call: WakeCall): void;
  faulted(rule: Rule, found: Problem): void;
}

/** What passes between connections and their rules: rules are called for what comes, and what they say is done. */
export class Exchange {
  readonly #context: ExchangeContext;
  readonly #rules: StreamRules;

  constructor(context: ExchangeContext) {
    this.#context = context;
    this.#rules = new StreamRules(context.connections);
  }

  /** Tells a connection's rule of it, and waits for what comes on it. */
  begin(connection: Connection): void {
    const { rule, number, ends } = connection;
    this.#wait(connection);
    this.#call(rule, (guest) => guest.open(number, encodeEnds(ends), this.#rules), connection);
  }

  /** The rule's timer has expired. */
  tick(rule: Rule): void {
    if (this.#call(rule, (guest) => guest.onTimer(this.#rules))) rule.fine();
  }

  tellClosed({ rule, number }: Connection): void {
    const found = this.#rules.run(rule, (guest) => guest.close(number));
    if (found) this.#context.events.faulted(rule, found);
  }

  /** Ends the connections whose time is up. */
  sweep(): void {
    const { connections, clock } = this.#context;
    for (const connection of connections) {
      const how = connection.overdue(clock.nowMs);
      if (how) this.#finish(connection, how);
    }
  }

  #wait(connection: Connection): void {
    const ready = (readable: boolean) => this.#ready(connection, readable);
    this.#context.watch.set(connection.fd, ready, connection.interest);
  }

  #ready(connection: Connection, readable: boolean): void {
    if (readable && connection.interest.read && !this.#read(connection)) return;
    if (this.#isOpen(connection)) this.#advance(connection);
  }

  /** False when the connection is gone. */
  #read(connection: Connection): boolean {
    const { buffer, clock } = this.#context;
    const moved = readTcp(connection.fd, buffer);
    if (moved === "later") return true;
    if (moved === "broken") {
      this.#finish(connection, "reset");
      return false;
    }
    connection.movedMs = clock.nowMs;
    const isHeard = connection.stage.kind === "speaking";
    if (moved === 0) connection.peerEnded = true;
    if (isHeard && moved === 0) this.#peerEnded(connection);
    else if (isHeard) this.#heard(connection, buffer.subarray(0, moved));
    return this.#isOpen(connection);
  }

  #heard(connection: Connection, bytes: Uint8Array): void {
    const { rule, number } = connection;
    const call = (guest: StreamGuest) => guest.data(number, bytes, this.#rules);
    // Only this clears a rule of its faults: one that fails on all it hears accepts connections all the same.
    if (this.#call(rule, call, connection)) rule.fine();
  }

  #peerEnded(connection: Connection): void {
    const { rule, number } = connection;
    const call = (guest: StreamGuest): Problem | undefined => {
      const result = guest.end(number, this.#rules);
      if (result === false) this.#rules.close(number);
      return typeof result === "boolean" ? undefined : result;
    };
    this.#call(rule, call, connection);
  }

  /** Calls a rule, for what came of a connection or for its timer, then does what it said; false when it failed. */
  #call(rule: Rule, call: Parameters<StreamRules["run"]>[1], about?: Connection): boolean {
    const { events } = this.#context;
    const found = this.#rules.run(rule, call);
    if (found) {
      events.faulted(rule, found);
      return false;
    }
    const wanted = this.#rules.wanted;
    for (const connection of [...this.#rules.touched]) this.#advance(connection);
    if (wanted) events.wanted(rule, about ? wakeCallOf(about) : { protocol: "timer" });
    return true;
  }

  #advance(connection: Connection): void {
    const state = connection.advance(this.#context.clock.nowMs);
    if (state === "open") this.#wait(connection);
    else this.#finish(connection, state === "gone" ? "orderly" : "reset");
  }

  /** Ends a connection and tells its rule. */
  #finish(connection: Connection, how: "orderly" | "reset"): void {
    this.#context.connections.end(connection, how);
    this.tellClosed(connection);
  }

  #isOpen({ number }: Connection): boolean {
    return this.#context.connections.get(number) !== undefined;
  }
}

function wakeCallOf({ ends: { peer } }: Connection): WakeCall {
  return { protocol: "TCP", peer: addressText(peer) };
}
