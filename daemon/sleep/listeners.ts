import { type Accepted, acceptTcp, closeTcp, type PrivateStack } from "../linux/mod.ts";
import { listenAddresses } from "./conversations.ts";
import type { Rule } from "./rule.ts";
import type { Watch } from "./watch.ts";

const backlog = 128;
const acceptedPerTurnMax = 64;

/** A socket that connections to a sleeping host's address are accepted from. */
export interface Listener {
  fd: number;
  rule: Rule;
  address: Uint8Array;
  port: number;
}

export interface ListenersContext {
  stack: PrivateStack;
  watch: Watch;
  hold(fd: number): void;
  release(fd: number): void;
  /** Someone connected. */
  accepted(listener: Listener, accepted: Accepted): void;
}

/** The sockets that rules listen on, one for each of their addresses. */
export class Listeners {
  readonly #context: ListenersContext;
  readonly #listeners = new Map<Rule, Listener[]>();

  constructor(context: ListenersContext) {
    this.#context = context;
  }

  get rules(): Rule[] {
    return [...this.#listeners.keys()];
  }

  /** Throws `linux.*` problems, and listens nowhere then: another rule may have the port. */
  open(rule: Rule): void {
    const listeners: Listener[] = [];
    this.#listeners.set(rule, listeners);
    try {
      for (const address of listenAddresses(rule)) listeners.push(this.#listen(rule, address));
    } catch (error) {
      this.close(rule);
      throw error;
    }
  }

  /** Whoever connected and was not accepted is reset. */
  close(rule: Rule): void {
    for (const { fd } of this.#listeners.get(rule) ?? []) {
      this.#context.watch.remove(fd);
      this.#context.release(fd);
      closeTcp(fd, "reset");
    }
    this.#listeners.delete(rule);
  }

  #listen(rule: Rule, address: Uint8Array): Listener {
    const port = rule.port as number;
    const fd = this.#context.stack.listen(address, port, backlog);
    this.#context.hold(fd);
    const listener = { fd, rule, address, port };
    this.#context.watch.set(fd, () => this.#accept(listener), { read: true, write: false });
    return listener;
  }

  #accept(listener: Listener): void {
    for (let count = 0; count < acceptedPerTurnMax; count += 1) {
      // A rule whose program fails as soon as a connection is there does not listen any more.
      if (!this.#listeners.get(listener.rule)?.includes(listener)) return;
      const accepted = acceptTcp(listener.fd);
      if (!accepted) return;
      this.#context.accepted(listener, accepted);
    }
  }
}
