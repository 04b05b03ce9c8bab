import {
  type Bus,
  codecs,
  type InverseQuery,
  type InverseReply,
  limits,
  type Message,
  RateLimit,
  type Subscription,
  subjects,
} from "../../bus/mod.ts";
import {
  type Digest,
  type HostId,
  type MessageReader,
  type Problem,
  problem,
  problemOf,
  type Reading,
  type SeenFlow,
} from "../../schemas/mod.ts";
import { objectRefOfUnit } from "../compile/unit.ts";
import type { FleetEvent } from "../events.ts";
import { type EndHost, findReaders, type Reader } from "./find-readers.ts";

export interface QueryServiceOptions {
  bus: Bus;
  /** Runs the modules. */
  reader: MessageReader;
  /** The hosts of the fleet that may be ends of flows. */
  hosts(): Iterable<EndHost>;
  /** Whether a customization names the host as one with a middlebox. */
  isMiddlebox(host: HostId): boolean;
  readModule(digest: Digest): Promise<Uint8Array>;
  onEvent(event: Pick<FleetEvent, "type" | "object" | "reason" | "message">): void;
  onAnswer(result: "plain" | Problem["code"]): void;
}

const perSecond = 50;
const burst = 200;
const alertsPerSecond = 1;
const alertsBurst = 20;
const pendingMax = 64;

/**
 * Answers middleboxes that met messages which they cannot read (layer-4.5 §2.1.2, algorithm 1): on the bus, where the controller
 * that leads does, and whoever may use its API.
 */
export class QueryService {
  readonly #options: QueryServiceOptions;
  readonly #rate = new RateLimit({ burst, perSecond });
  readonly #alerts = new RateLimit({ burst: alertsBurst, perSecond: alertsPerSecond });
  #subscription: Subscription | undefined;

  constructor(options: QueryServiceOptions) {
    this.#options = options;
  }

  set(isServing: boolean): void {
    if (isServing === (this.#subscription !== undefined)) return;
    this.#subscription?.unsubscribe();
    this.#subscription = isServing
      ? this.#options.bus.subscribe(subjects.anyInverse, (message) => this.#handle(message), { pendingMax })
      : undefined;
  }

  async #handle({ subject, payload }: Message): Promise<Uint8Array> {
    const query = codecs.inverseQuery.decode(payload, subject);
    return codecs.inverseReply.encode(await this.answer(query));
  }

  /** Answers one question, wherever it came from. */
  async answer(query: InverseQuery): Promise<InverseReply> {
    const reply = await this.#find(query);
    this.#options.onAnswer(reply.kind === "plain" ? "plain" : reply.problem.code);
    return reply;
  }

  async #find(query: InverseQuery): Promise<InverseReply> {
    const { host, flow } = query;
    const reject = (found: Problem): InverseReply => ({ kind: "rejected", problem: found });
    if (!this.#rate.spend(host, 1)) return reject(problem("inverse.hasty", { host, perSecond }));
    if (!this.#options.isMiddlebox(host)) return reject(problem("inverse.not-a-middlebox", { host }));
    const messages = query.messages.map((text) => Buffer.from(text, "base64"));
    const readers = findReaders(flow, this.#options.hosts());
    let failed: Problem | undefined;
    for (const reader of readers) {
      const reading = await this.#read(reader, { flow, messages });
      if (reading.kind === "plain") return plain(reader, reading.messages);
      if (reading.kind === "failed") failed ??= reading.problem;
    }
    if (failed) return reject(failed);
    const unknown = problem("inverse.unknown", { flow: flowText(flow), tried: readers.length });
    this.#alert(host, unknown);
    return reject(unknown);
  }

  async #read(
    { unit, spec, role, module }: Reader,
    seen: { flow: SeenFlow; messages: readonly Uint8Array[] },
  ): Promise<Reading> {
    const { reader, readModule } = this.#options;
    try {
      const bytes = await readModule(module.digest);
      const { config, limits } = spec;
      return await reader.read({ unit, digest: module.digest, module: bytes, role, config, limits, ...seen });
    } catch (error) {
      return { kind: "failed", problem: problemOf(error) };
    }
  }

  #alert(host: HostId, { message }: Problem): void {
    if (!this.#alerts.spend(host, 1)) return;
    this.#options.onEvent({
      type: "Warning",
      object: `Host/${host}`,
      reason: "UnknownCustomization",
      message,
    });
  }
}

function plain({ unit }: Reader, messages: readonly Uint8Array[]): InverseReply {
  const bytes = messages.reduce((sum, { length }) => sum + length, 0);
  if (bytes > limits.inverseReplyBytesMax) {
    const reason = `it makes ${bytes} bytes of them; at most ${limits.inverseReplyBytesMax} are sent`;
    return { kind: "rejected", problem: problem("inverse.failed", { unit, reason }) };
  }
  const encoded = messages.map((message) => Buffer.from(message).toString("base64"));
  return { kind: "plain", customization: objectRefOfUnit(unit), messages: encoded };
}

/** With the service's port alone: that of the other end is another with each flow, and would make each an alert of its own. */
function flowText({ protocol, source, destination }: SeenFlow): string {
  const port = Math.min(source.port, destination.port);
  return `${protocol} from ${source.address} to ${destination.address}, port ${port}`;
}
