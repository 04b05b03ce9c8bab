import {
  AckPolicy,
  type ConsumerConfig,
  createInbox,
  DeliverPolicy,
  type Msg,
  type Subscription as NatsSubscription,
  nanos,
  ReplayPolicy,
  type StreamConfig,
} from "nats";
import { problemOf } from "../../schemas/mod.ts";
import type { Subscription } from "../bus.ts";
import { type Delivery, readDelivery } from "./delivery.ts";
import { reconnectAfterMs } from "./nats-options.ts";
import type { NatsStreams } from "./nats-streams.ts";
import { pause } from "./pause.ts";

export type StreamEvent =
  | { kind: "put"; subject: string; value: Uint8Array; revision: number }
  | { kind: "delete"; subject: string; revision: number }
  /** A key that was deleted before the watch began. */
  | { kind: "mark"; subject: string; revision: number; atMs: number }
  | { kind: "synced" }
  | { kind: "reset" };

export interface NatsWatchOptions {
  config: Partial<StreamConfig> & { name: string };
  filter: string;
  headersOnly: boolean;
  listener: (event: StreamEvent) => void;
}

const heartbeatMs = 2_000;
/** Silence that means that the consumer is gone. */
const silenceMaxMs = 3 * heartbeatMs;
const lateMs = 200;
const nothing = new Uint8Array();

/**
 * Follows the last message of each subject: first those that are there, then each that comes. The consumer behind it
 * lives in the server's memory and is made anew when the connection was lost, a message is missing, or it has fallen silent;
 * then all is told again, after a `reset`.
 */
export class NatsWatch implements Subscription {
  readonly #streams: NatsStreams;
  readonly #options: NatsWatchOptions;
  readonly #stopListening: () => void;
  #subscription: NatsSubscription | undefined;
  #silence: NodeJS.Timeout | undefined;
  #lastSequence = 0;
  #synced = false;
  /** How many messages make the present entries; unknown until the server has answered. */
  #presentCount = Number.POSITIVE_INFINITY;
  #restarting = false;
  #ended = false;

  private constructor(streams: NatsStreams, options: NatsWatchOptions) {
    this.#streams = streams;
    this.#options = options;
    this.#stopListening = streams.link.onState((state) => {
      if (state === "disconnected") this.#leave();
      else this.#restart();
    });
  }

  static async open(streams: NatsStreams, options: NatsWatchOptions): Promise<NatsWatch> {
    const watch = new NatsWatch(streams, options);
    try {
      await watch.#start();
    } catch (error) {
      watch.unsubscribe();
      throw error;
    }
    return watch;
  }

  unsubscribe(): void {
    this.#ended = true;
    this.#stopListening();
    this.#leave();
  }

  async #start(): Promise<void> {
    const { link } = this.#streams;
    const { config } = this.#options;
    const inbox = createInbox(link.inboxPrefix);
    this.#lastSequence = 0;
    this.#synced = false;
    this.#presentCount = Number.POSITIVE_INFINITY;
    const subscription = link.connection.subscribe(inbox, {
      callback: (error, message) => {
        if (this.#subscription !== subscription) return;
        if (error) this.#restart();
        else this.#take(message);
      },
    });
    this.#subscription = subscription;
    this.#hearken();
    const info = await this.#streams.withStream(config, () =>
      this.#streams.call(config.name, nothing, (manager) =>
        manager.consumers.add(config.name, this.#consumer(inbox)),
      ),
    );
    if (this.#subscription !== subscription) return;
    this.#presentCount = info.num_pending + info.delivered.consumer_seq;
    this.#noteSynced();
  }

  #consumer(inbox: string): Partial<ConsumerConfig> {
    return {
      deliver_subject: inbox,
      deliver_policy: DeliverPolicy.LastPerSubject,
      filter_subject: this.#options.filter,
      ack_policy: AckPolicy.None,
      replay_policy: ReplayPolicy.Instant,
      headers_only: this.#options.headersOnly,
      max_deliver: 1,
      mem_storage: true,
      num_replicas: 1,
      flow_control: true,
      idle_heartbeat: nanos(heartbeatMs),
      inactive_threshold: nanos(30_000),
    };
  }

  #take(message: Msg): void {
    this.#hearken();
    const status = message.headers?.code ?? 0;
    if (status >= 100 && status < 200 && message.data.length === 0) this.#takeStatus(message);
    else this.#takeEntry(message);
  }

  #takeEntry(message: Msg): void {
    const delivery = readDelivery(message.reply ?? "");
    if (delivery?.consumerSequence !== this.#lastSequence + 1) {
      this.#restart();
      return;
    }
    this.#lastSequence = delivery.consumerSequence;
    this.#tell(message, delivery);
    if (delivery.pending === 0) this.#presentCount = Math.min(this.#presentCount, this.#lastSequence);
    this.#noteSynced();
  }

  #tell(message: Msg, { streamSequence: revision, atMs }: Delivery): void {
    const { subject } = message;
    if (!message.headers?.has("KV-Operation")) {
      this.#options.listener({ kind: "put", subject, value: message.data, revision });
    } else if (this.#synced) this.#options.listener({ kind: "delete", subject, revision });
    else this.#options.listener({ kind: "mark", subject, revision, atMs });
  }

  /** A heartbeat, or a request to say that we keep up. */
  #takeStatus(message: Msg): void {
    const stalled = message.headers?.get("Nats-Consumer-Stalled");
    if (message.reply) message.respond();
    else if (stalled) this.#streams.link.publish(stalled, nothing);
    const last = message.headers?.get("Nats-Last-Consumer");
    if (last && Number(last) !== this.#lastSequence) this.#restart();
  }

  #noteSynced(): void {
    if (this.#synced || this.#lastSequence < this.#presentCount) return;
    this.#synced = true;
    this.#options.listener({ kind: "synced" });
  }

  #hearken(): void {
    clearTimeout(this.#silence);
    const dueMs = performance.now() + silenceMaxMs;
    this.#silence = setTimeout(() => {
      // A timer that is late says that we did not listen, not that nothing was said: it may be waiting to be read.
      if (performance.now() - dueMs > lateMs) this.#hearken();
      else this.#restart();
    }, silenceMaxMs);
  }

  #leave(): void {
    clearTimeout(this.#silence);
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
  }

  #restart(): void {
    this.#leave();
    if (this.#ended || this.#restarting) return;
    this.#restarting = true;
    void this.#restartUntilDone();
  }

  async #restartUntilDone(): Promise<void> {
    while (!this.#ended && this.#streams.link.state === "connected" && !this.#subscription) {
      this.#options.listener({ kind: "reset" });
      try {
        await this.#start();
      } catch (error) {
        this.#leave();
        this.#streams.link.onProblem(problemOf(error));
        await pause(reconnectAfterMs());
      }
    }
    this.#restarting = false;
  }
}
