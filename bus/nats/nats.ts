import { headers, type Msg } from "nats";
import { problem } from "../../schemas/mod.ts";
import { BlobFetcher } from "../blobs/blob-fetcher.ts";
import { serveBlobs } from "../blobs/blob-server.ts";
import { BlobStorage } from "../blobs/blob-storage.ts";
import type {
  BlobStore,
  Bucket,
  Bus,
  BusState,
  MessageHandler,
  Queue,
  QueueOptions,
  RequestOptions,
  SubscribeOptions,
  Subscription,
} from "../bus.ts";
import { defaults } from "../defaults.ts";
import { type Answer, Intake } from "../intake.ts";
import { assertFilter, assertSubject } from "../interest.ts";
import { assertName } from "../keys.ts";
import { firstAnswer } from "../requesting.ts";
import { buckets, replyPrefix } from "../subjects.ts";
import { NatsBucket } from "./nats-bucket.ts";
import { NatsLink } from "./nats-link.ts";
import type { NatsBusOptions } from "./nats-options.ts";
import { NatsQueue } from "./nats-queue.ts";
import { NatsStreams } from "./nats-streams.ts";
import { failedHeader, Replies } from "./replies.ts";

const nothing = new Uint8Array();

/**
 * Joins a NATS server (2.9 or later, with JetStream). Resolves once connected and tries until then; rejects with
 * `bus.refused` when the server will not have us, with `bus.unavailable` when `signal` aborts. A connection that is lost
 * later comes back by itself.
 */
export async function natsBus(options: NatsBusOptions): Promise<Bus> {
  return new NatsBus(await NatsLink.open(options), options);
}

class NatsBus implements Bus {
  readonly blobs: BlobStore;
  readonly #link: NatsLink;
  readonly #streams: NatsStreams;
  readonly #replies: Replies;

  constructor(link: NatsLink, options: NatsBusOptions) {
    this.#link = link;
    this.#replies = new Replies(link, options.identity);
    this.#streams = new NatsStreams(link, { replicas: options.replicas ?? 1 });
    const storage = new BlobStorage(() => this.bucket(buckets.blobs));
    const fetcher = new BlobFetcher(this, options.identity);
    this.blobs = {
      put: (content) => storage.put(content),
      has: (digest) => storage.has(digest),
      prune: (keep) => storage.prune(keep),
      // A controller may read the bucket itself, and has to before anybody leads, and so serves.
      get: (digest, request) =>
        options.identity.role === "controller" ? storage.read(digest) : fetcher.get(digest, request),
      serve: async () => {
        const { onProblem, connection } = link;
        return serveBlobs(this, storage, { onProblem, flush: () => connection.flush() });
      },
    };
  }

  get payloadBytesMax(): number {
    return this.#link.payloadBytesMax;
  }

  get state(): BusState {
    return this.#link.state;
  }

  onState(listener: (state: BusState) => void): () => void {
    return this.#link.onState(listener);
  }

  publish(subject: string, payload: Uint8Array): void {
    assertSubject(subject);
    this.#link.publish(subject, payload);
  }

  subscribe(subject: string, handler: MessageHandler, options: SubscribeOptions = {}): Subscription {
    assertFilter(subject);
    const intake = new Intake({
      handler,
      pendingMax: options.pendingMax ?? defaults.pendingMax,
      onProblem: this.#link.onProblem,
    });
    return this.#link.subscribe(subject, (message) => this.#take(message, intake), options.queue);
  }

  async request(subject: string, payload: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    assertSubject(subject);
    this.#link.assertReady(subject, payload);
    return firstAnswer(subject, options, (answer) => {
      const stopHearing = this.#link.onLoss(subject, (error) => answer({ kind: "error", error }));
      const stopWaiting = this.#replies.ask(subject, payload, answer);
      return () => {
        stopHearing();
        stopWaiting();
      };
    });
  }

  async bucket(name: string, options: { ttlMs?: number } = {}): Promise<Bucket> {
    assertName(name);
    return NatsBucket.open(this.#streams, name, options);
  }

  async queue(name: string, options: QueueOptions = {}): Promise<Queue> {
    assertName(name);
    return NatsQueue.open(this.#streams, name, options);
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  #take(message: Msg, intake: Intake): void {
    const { subject, data: payload, reply } = message;
    if (!reply) intake.take({ subject, payload });
    // Whoever asks names where the answer goes, and we may be allowed to speak where the asker is not.
    else if (!reply.startsWith(replyPrefix(subject))) {
      const reason = "it wants its answer sent where no answer to it belongs";
      this.#link.onProblem(problem("bus.malformed", { subject, reason }));
    } else intake.take({ subject, payload }, (answer) => this.#answer(reply, subject, answer));
  }

  #answer(reply: string, subject: string, answer: Answer): void {
    const bytesMax = this.payloadBytesMax;
    if (answer.kind === "failed") this.#refuse(reply, answer.reason);
    else if (answer.payload.byteLength <= bytesMax) this.#link.publish(reply, answer.payload);
    else {
      const bytes = answer.payload.byteLength;
      this.#link.onProblem(problem("bus.payload-too-large", { subject, bytes, bytesMax }));
      this.#refuse(reply, "the answer is too large");
    }
  }

  #refuse(reply: string, reason: string): void {
    const failed = headers();
    failed.set(failedHeader, reason);
    this.#link.publish(reply, nothing, { headers: failed });
  }
}
