import { fail, type Problem, problemOf } from "../../schemas/mod.ts";
import type { Job, QueueOptions, Subscription } from "../bus.ts";
import { defaults, retryAfterMs } from "../defaults.ts";
import type { Scheduler } from "./scheduler.ts";

type Handler = (job: Job) => Promise<void>;

interface Consumer {
  handler: Handler;
  onProblem: (problem: Problem) => void;
  concurrency: number;
  running: number;
}

interface Held extends Job {
  /** Ends the wait for an answer, or for another try. */
  timer?: NodeJS.Timeout;
}

/** A work queue in this process's memory: as durable as the process. */
export class MemoryQueue {
  readonly #name: string;
  readonly #redeliverAfterMs: number;
  readonly #jobsMax: number;
  readonly #scheduler: Scheduler;
  readonly #waiting: Held[] = [];
  readonly #held = new Set<Held>();
  readonly #consumers = new Set<Consumer>();

  constructor(name: string, options: QueueOptions & { scheduler: Scheduler }) {
    this.#name = name;
    this.#redeliverAfterMs = options.redeliverAfterMs ?? defaults.redeliverAfterMs;
    this.#jobsMax = options.jobsMax ?? defaults.jobsMax;
    this.#scheduler = options.scheduler;
  }

  async add(payload: Uint8Array): Promise<void> {
    if (this.#held.size >= this.#jobsMax) {
      fail("bus.queue-full", { queue: this.#name, jobsMax: this.#jobsMax });
    }
    const held: Held = { payload: new Uint8Array(payload), attempt: 0 };
    this.#held.add(held);
    this.#enqueue(held);
  }

  async consume(
    handler: Handler,
    options: { concurrency?: number; onProblem: (problem: Problem) => void },
  ): Promise<Subscription> {
    const consumer: Consumer = {
      handler,
      onProblem: options.onProblem,
      concurrency: options.concurrency ?? defaults.concurrency,
      running: 0,
    };
    this.#consumers.add(consumer);
    this.#scheduler.later(() => this.#assign());
    return { unsubscribe: () => this.#consumers.delete(consumer) };
  }

  #enqueue(held: Held): void {
    this.#waiting.push(held);
    this.#scheduler.later(() => this.#assign());
  }

  #assign(): void {
    for (const consumer of this.#consumers) {
      while (consumer.running < consumer.concurrency) {
        const held = this.#waiting.shift();
        if (!held) return;
        void this.#work(consumer, held);
      }
    }
  }

  async #work(consumer: Consumer, held: Held): Promise<void> {
    consumer.running++;
    const attempt = ++held.attempt;
    this.#retryIn(held, this.#redeliverAfterMs);
    try {
      await consumer.handler({ payload: held.payload, attempt });
      clearTimeout(held.timer);
      this.#held.delete(held);
    } catch (error) {
      consumer.onProblem(problemOf(error));
      if (held.attempt === attempt) this.#retryIn(held, retryAfterMs(attempt, this.#redeliverAfterMs));
    } finally {
      consumer.running--;
      this.#assign();
    }
  }

  #retryIn(held: Held, afterMs: number): void {
    clearTimeout(held.timer);
    held.timer = setTimeout(() => {
      if (this.#held.has(held)) this.#enqueue(held);
    }, afterMs);
    // A job that waits is no reason for the process to stay.
    held.timer.unref();
  }
}
