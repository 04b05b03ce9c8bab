import {
  AckPolicy,
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  DiscardPolicy,
  type JsMsg,
  nanos,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "nats";
import { fail, problemOf } from "../../schemas/mod.ts";
import type { Job, Queue, QueueOptions, Subscription } from "../bus.ts";
import { defaults, retryAfterMs } from "../defaults.ts";
import { jetStreamCode, jetStreamCodes } from "./nats-errors.ts";
import { reconnectAfterMs } from "./nats-options.ts";
import type { NatsStreams } from "./nats-streams.ts";
import { pause } from "./pause.ts";

/** All consumers of a queue share one place in its stream. */
const consumerName = "workers";
const pullExpiresMs = 5_000;
const nothing = new Uint8Array();

/** A work queue as a JetStream stream from which acknowledged messages vanish. */
export class NatsQueue implements Queue {
  readonly #streams: NatsStreams;
  readonly #name: string;
  readonly #subject: string;
  readonly #config: Partial<StreamConfig> & { name: string };
  readonly #jobsMax: number;
  readonly #redeliverAfterMs: number;

  private constructor(streams: NatsStreams, name: string, options: QueueOptions) {
    this.#streams = streams;
    this.#name = name;
    this.#subject = `netloom.queue.${name}`;
    this.#jobsMax = options.jobsMax ?? defaults.jobsMax;
    this.#redeliverAfterMs = options.redeliverAfterMs ?? defaults.redeliverAfterMs;
    this.#config = {
      name: `netloom-queue-${name}`,
      subjects: [this.#subject],
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      discard: DiscardPolicy.New,
      max_msgs: this.#jobsMax,
    };
  }

  static async open(streams: NatsStreams, name: string, options: QueueOptions): Promise<NatsQueue> {
    const queue = new NatsQueue(streams, name, options);
    await streams.ensure(queue.#config);
    return queue;
  }

  async add(job: Uint8Array): Promise<void> {
    await this.#streams.withStream(this.#config, () =>
      this.#streams.call(this.#subject, job, async () => {
        try {
          await this.#streams.client.publish(this.#subject, job);
        } catch (error) {
          if (jetStreamCode(error) !== jetStreamCodes.messagesExceeded) throw error;
          fail("bus.queue-full", { queue: this.#name, jobsMax: this.#jobsMax });
        }
      }),
    );
  }

  async consume(
    handler: (job: Job) => Promise<void>,
    options: { concurrency?: number } = {},
  ): Promise<Subscription> {
    const consumption = new Consumption(this.#streams, {
      open: () => this.#consumer(),
      handler,
      concurrency: options.concurrency ?? defaults.concurrency,
      redeliverAfterMs: this.#redeliverAfterMs,
    });
    await consumption.start();
    return consumption;
  }

  async #consumer(): Promise<Consumer> {
    const { name } = this.#config;
    return this.#streams.withStream(this.#config, () =>
      this.#streams.call(name, nothing, async (manager) => {
        await manager.consumers.add(name, {
          durable_name: consumerName,
          ack_policy: AckPolicy.Explicit,
          ack_wait: nanos(this.#redeliverAfterMs),
          deliver_policy: DeliverPolicy.All,
          replay_policy: ReplayPolicy.Instant,
          max_deliver: -1,
        });
        return this.#streams.client.consumers.get(name, consumerName);
      }),
    );
  }
}

interface ConsumptionOptions {
  open: () => Promise<Consumer>;
  handler: (job: Job) => Promise<void>;
  concurrency: number;
  redeliverAfterMs: number;
}

/** Pulls as many jobs as there are hands free, for ever; after a lost connection it opens the consumer anew. */
class Consumption implements Subscription {
  readonly #streams: NatsStreams;
  readonly #options: ConsumptionOptions;
  readonly #stopListening: () => void;
  #consumer: Consumer | undefined;
  #batch: ConsumerMessages | undefined;
  #running = 0;
  #freed: (() => void) | undefined;
  #ended = false;

  constructor(streams: NatsStreams, options: ConsumptionOptions) {
    this.#streams = streams;
    this.#options = options;
    this.#stopListening = streams.link.onState((state) => {
      if (state === "disconnected") this.#drop();
    });
  }

  async start(): Promise<void> {
    this.#consumer = await this.#options.open();
    void this.#pullUntilEnded();
  }

  unsubscribe(): void {
    this.#ended = true;
    this.#stopListening();
    this.#drop();
    this.#freed?.();
  }

  #drop(): void {
    this.#batch?.stop();
    this.#consumer = undefined;
  }

  async #pullUntilEnded(): Promise<void> {
    const { link } = this.#streams;
    while (!this.#ended) {
      try {
        await link.connected();
        this.#consumer ??= await this.#options.open();
        await this.#pullOnce(this.#consumer);
      } catch (error) {
        // Closed for good: `connected` is the one that says so.
        if (this.#ended || link.closed) return;
        this.#consumer = undefined;
        link.onProblem(problemOf(error));
        await pause(reconnectAfterMs());
      }
    }
  }

  async #pullOnce(consumer: Consumer): Promise<void> {
    const free = this.#options.concurrency - this.#running;
    if (free === 0) {
      await new Promise<void>((done) => {
        this.#freed = done;
      });
      return;
    }
    this.#batch = await consumer.fetch({ max_messages: free, expires: pullExpiresMs });
    for await (const message of this.#batch) {
      if (this.#ended) message.nak();
      else void this.#work(message);
    }
  }

  async #work(message: JsMsg): Promise<void> {
    const attempt = message.info.redeliveryCount;
    this.#running++;
    try {
      await this.#options.handler({ payload: message.data, attempt });
      message.ack();
    } catch (error) {
      this.#streams.link.onProblem(problemOf(error));
      message.nak(retryAfterMs(attempt, this.#options.redeliverAfterMs));
    } finally {
      this.#running--;
      this.#freed?.();
    }
  }
}
