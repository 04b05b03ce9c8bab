import { streamBytesMax } from "../../modules/mod.ts";
import { type Accepted, PrivateStack } from "../linux/mod.ts";
import { Connections } from "./connections.ts";
import type { Conversations } from "./conversations.ts";
import type { EngineParts } from "./engine-parts.ts";
import { Exchange, type StreamEvents } from "./exchange.ts";
import { type Listener, Listeners } from "./listeners.ts";
import { Segments } from "./segments.ts";
import { Splices } from "./splices.ts";
import { Watch } from "./watch.ts";

export interface StreamPartsContext {
  context: EngineParts["context"];
  clock: EngineParts["clock"];
  conversations: Conversations;
  events: StreamEvents;
  /** Someone connected. */
  accepted(listener: Listener, accepted: Accepted): void;
}

/** What there is once a rule with streams was installed: a TCP stack, and those who work with it. */
export class StreamParts {
  readonly watch: Watch;
  readonly segments: Segments;
  readonly listeners: Listeners;
  readonly connections: Connections;
  readonly exchange: Exchange;
  readonly splices: Splices;
  readonly #stack: PrivateStack;
  readonly #context: EngineParts["context"];

  /** Throws `linux.*` problems. */
  constructor({ context, clock, conversations, events, accepted }: StreamPartsContext) {
    const stack = PrivateStack.open();
    for (const holding of stack.holdings()) context.hold(holding);
    const watch = new Watch();
    const hold = (fd: number) => context.hold({ kind: "descriptor", fd });
    const release = (fd: number) => context.release({ kind: "descriptor", fd });
    hold(watch.fd);
    const buffer = new Uint8Array(streamBytesMax);
    const connections = new Connections({ conversations, watch, hold, release });
    this.#stack = stack;
    this.#context = context;
    this.watch = watch;
    this.segments = new Segments(stack, conversations);
    this.listeners = new Listeners({ stack, watch, hold, release, accepted });
    this.connections = connections;
    this.exchange = new Exchange({ connections, watch, buffer, clock, events });
    this.splices = new Splices(conversations, { watch, buffer, hold, release });
  }

  get descriptors(): number[] {
    return [this.#stack.fd, this.watch.fd];
  }

  /** Once nothing is open any more; what was said last is sent before. */
  close(): void {
    this.splices.stop();
    this.segments.emitAll();
    this.splices.settle(Number.POSITIVE_INFINITY);
    for (const holding of this.#stack.holdings()) this.#context.release(holding);
    this.#context.release({ kind: "descriptor", fd: this.watch.fd });
    this.watch.close();
    this.#stack.close();
  }
}
