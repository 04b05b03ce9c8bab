import { type Accepted, closeTcp } from "../linux/mod.ts";
import { Connection } from "./connection.ts";
import { type Conversations, connectionKey } from "./conversations.ts";
import type { Listener } from "./listeners.ts";
import type { Watch } from "./watch.ts";

const connectionsPerRuleMax = 128;
const connectionsMax = 512;

export interface ConnectionsContext {
  conversations: Conversations;
  watch: Watch;
  hold(fd: number): void;
  release(fd: number): void;
}

/** The connections that rules speak on, by the numbers that rules know them by. */
export class Connections {
  readonly #context: ConnectionsContext;
  readonly #open = new Map<number, Connection>();
  #numbered = 0;

  constructor(context: ConnectionsContext) {
    this.#context = context;
  }

  get size(): number {
    return this.#open.size;
  }

  get(number: number): Connection | undefined {
    return this.#open.get(number);
  }

  /** One that ends while somebody goes through them is not met any more. */
  [Symbol.iterator](): IterableIterator<Connection> {
    return this.#open.values();
  }

  /** Takes in one that was accepted; undefined when it was refused instead, and reset. */
  take(listener: Listener, accepted: Accepted, nowMs: number): Connection | undefined {
    const { rule, address: own, port: ownPort } = listener;
    const { fd, address: peer, port: peerPort } = accepted;
    const { conversations, hold } = this.#context;
    const conversation = conversations.get(connectionKey(peer, peerPort, own, ownPort));
    const isFull = rule.counts.connections >= connectionsPerRuleMax || this.#open.size >= connectionsMax;
    if (conversation === undefined || isFull) {
      rule.counts.refused += 1;
      closeTcp(fd, "reset");
      return undefined;
    }
    hold(fd);
    conversations.pin(conversation);
    this.#numbered = (this.#numbered + 1) >>> 0;
    const ends = { peer, peerPort, own, ownPort };
    const made = new Connection({ number: this.#numbered, fd, rule, ends, conversation }, nowMs);
    this.#open.set(made.number, made);
    rule.counts.connections += 1;
    rule.counts.accepted += 1;
    return made;
  }

  /** It is somebody else's from now on, as it is: its descriptor stays open and held. */
  give(connection: Connection): void {
    this.#open.delete(connection.number);
    connection.rule.counts.connections -= 1;
    this.#context.watch.remove(connection.fd);
  }

  end(connection: Connection, how: "orderly" | "reset"): void {
    this.give(connection);
    this.#context.release(connection.fd);
    connection.close(how);
    this.#context.conversations.loosen(connection.conversation);
  }
}
