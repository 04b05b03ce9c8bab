import type { JetStreamClient, JetStreamManager, StreamConfig } from "nats";
import { isStreamMissing, jetStreamCode, jetStreamCodes } from "./nats-errors.ts";
import type { NatsLink } from "./nats-link.ts";

const apiTimeoutMs = 5_000;
const nothing = new Uint8Array();

/** JetStream over one link; streams are made when they are missing, also when a server has lost them. */
export class NatsStreams {
  readonly link: NatsLink;
  readonly client: JetStreamClient;
  readonly #replicas: number;
  #manager: Promise<JetStreamManager> | undefined;

  constructor(link: NatsLink, options: { replicas: number }) {
    this.link = link;
    this.#replicas = options.replicas;
    this.client = link.connection.jetstream({ timeout: apiTimeoutMs });
  }

  /** One call of JetStream's API about `subject`. */
  async call<T>(
    subject: string,
    payload: Uint8Array,
    run: (manager: JetStreamManager) => Promise<T>,
  ): Promise<T> {
    return this.link.exchange(subject, payload, async () => {
      this.#manager ??= this.link.connection.jetstreamManager({ timeout: apiTimeoutMs, checkAPI: false });
      return run(await this.#manager);
    });
  }

  /** Makes the stream; one that is there already stays as it is, also when it was made with other options. */
  async ensure(config: Partial<StreamConfig> & { name: string }): Promise<void> {
    await this.call(config.name, nothing, async (manager) => {
      try {
        await manager.streams.add({ ...config, num_replicas: this.#replicas });
      } catch (error) {
        if (jetStreamCode(error) !== jetStreamCodes.streamNameInUse) throw error;
      }
    });
  }

  /** Runs `attempt`; when the stream turns out to be missing, makes it and runs `attempt` once more. */
  async withStream<T>(
    config: Partial<StreamConfig> & { name: string },
    attempt: () => Promise<T>,
  ): Promise<T> {
    try {
      return await attempt();
    } catch (error) {
      if (!isStreamMissing((error as Error).cause ?? error)) throw error;
      await this.ensure(config);
      return attempt();
    }
  }
}
