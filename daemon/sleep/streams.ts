import { ProblemError } from "../../schemas/mod.ts";
import type { Accepted } from "../linux/mod.ts";
import type { LoopContext } from "../worker/mod.ts";
import type { StreamEnds } from "./connection.ts";
import { Conversations } from "./conversations.ts";
import type { EngineParts } from "./engine-parts.ts";
import type { StreamEvents } from "./exchange.ts";
import type { Headers } from "./headers.ts";
import type { Link } from "./link.ts";
import type { Listener } from "./listeners.ts";
import type { Rule } from "./rule.ts";
import type { Sleeper } from "./sleeper.ts";
import { StreamParts } from "./stream-parts.ts";

const sweepEveryMs = 250;

/**
 * Rules that speak on TCP connections (docs/sleep.md). A kernel's TCP that only this engine speaks with does the protocol:
 * segments for a rule's address and port go into it as they come from the packet ring, and what it sends goes back to
 * where they came from. Rules see bytes.
 */
export class Streams {
  readonly #context: LoopContext;
  readonly #clock: EngineParts["clock"];
  readonly #events: StreamEvents;
  readonly #conversations = new Conversations();
  #open: StreamParts | undefined;
  #sweepMs = Number.POSITIVE_INFINITY;

  constructor({ context, clock }: Pick<EngineParts, "context" | "clock">, events: StreamEvents) {
    this.#context = context;
    this.#clock = clock;
    this.#events = events;
  }

  /** Makes the TCP stack, once. Throws `linux.*` problems. */
  prepare(): void {
    this.#prepared();
  }

  #prepared(): StreamParts {
    if (this.#open) return this.#open;
    this.#open = new StreamParts({
      context: this.#context,
      clock: this.#clock,
      conversations: this.#conversations,
      events: this.#events,
      accepted: (listener, accepted) => this.#accept(listener, accepted),
    });
    this.#context.changed();
    return this.#open;
  }

  descriptors(): number[] {
    return this.#open?.descriptors ?? [];
  }

  /** When `turn` wants to be called again. */
  get nextMs(): number {
    return this.#sweepMs;
  }

  /** Connections that go on while their hosts are awake: nobody else may answer their packets. */
  get spliced(): StreamEnds[] {
    return this.#open?.splices.ends ?? [];
  }

  /** Accepts connections for the rule. One that cannot listen says why (`deaf`), and tries again when its host sleeps again. */
  open(rule: Rule): void {
    const before = rule.deaf;
    rule.deaf = undefined;
    try {
      this.#prepared().listeners.open(rule);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      rule.deaf = error.problem;
    }
    if (rule.deaf !== before) this.#context.changed(rule.id);
  }

  /** Accepts no more, and breaks off what the rule still has. */
  close(rule: Rule): void {
    this.#open?.listeners.close(rule);
    this.reset(rule);
    this.#conversations.forgetRule(rule);
  }

  /** Breaks off what the rule has; its guest is not told, for it failed, or has no more to say. */
  reset(rule: Rule): void {
    if (!this.#open) return;
    const { connections, segments } = this.#open;
    for (const connection of connections) {
      if (connection.rule === rule) connections.end(connection, "reset");
    }
    segments.emitAll();
  }

  /** The rule's timer has expired. */
  tick(rule: Rule): void {
    this.#open?.exchange.tick(rule);
  }

  /**
   * The host is awake: connections that wait for it go on with it when the proxy stands on their path, and only then; else
   * their next segments would reach the host, which knows nothing of them, so that they are broken off now.
   */
  awake(sleeper: Sleeper, isOnPath: boolean): void {
    if (!isOnPath || !this.#open) return;
    const { connections, splices, exchange } = this.#open;
    for (const connection of connections) {
      const { stage, fd, ends, conversation, rule } = connection;
      if (stage.kind !== "held" || rule.sleeper !== sleeper) continue;
      connections.give(connection);
      splices.add({ fd, ends, conversation, first: stage.first }, this.#clock.nowMs);
      this.#sweepMs = this.#clock.nowMs;
      exchange.tellClosed(connection);
    }
  }

  get hasSpliced(): boolean {
    return this.#conversations.spliced > 0;
  }

  /** Takes a segment of a connection between a peer and a host that is awake; false when it is none of ours. */
  hearSpliced(link: Link, headers: Headers, bytes: Uint8Array): boolean {
    return this.#open?.segments.hearSpliced(link, headers, bytes) ?? false;
  }

  /** Takes a segment for a rule's address and port. Those of connections that the proxy has not seen begin are not its own. */
  hear(rule: Rule, link: Link, headers: Headers, bytes: Uint8Array): void {
    this.#open?.segments.hear(rule, link, headers, bytes);
  }

  /** Handles what has come; answers how much that was. */
  turn(): number {
    if (!this.#open) return 0;
    const { watch, splices, segments } = this.#open;
    const { nowMs } = this.#clock;
    const events = watch.turn();
    splices.settle(nowMs);
    if (nowMs >= this.#sweepMs) this.#sweep(this.#open);
    return events + segments.emit();
  }

  stop(): void {
    if (!this.#open) return;
    for (const rule of this.#open.listeners.rules) this.close(rule);
    this.#open.close();
    this.#open = undefined;
  }

  #accept(listener: Listener, accepted: Accepted): void {
    const { nowMs } = this.#clock;
    const connection = this.#open?.connections.take(listener, accepted, nowMs);
    if (!connection) return;
    this.#sweepMs = Math.min(this.#sweepMs, nowMs + sweepEveryMs);
    this.#open?.exchange.begin(connection);
  }

  #sweep({ connections, splices, exchange }: StreamParts): void {
    exchange.sweep();
    const isNeeded = connections.size > 0 || splices.size > 0;
    this.#sweepMs = isNeeded ? this.#clock.nowMs + sweepEveryMs : Number.POSITIVE_INFINITY;
  }
}
