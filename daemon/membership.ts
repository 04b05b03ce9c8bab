import {
  type Bus,
  type Command,
  type CommandBatch,
  type CommandOutcome,
  type CommandReply,
  codecs,
  FairDecoder,
  type HostReport,
  limits,
  type Message,
  type PowerMessage,
  type PowerReply,
  subjects,
} from "../bus/mod.ts";
import { type HostId, type Problem, problem, type UnitId } from "../schemas/mod.ts";
import { CommandHandler } from "./command-handler.ts";
import type { Log } from "./engine.ts";
import type { EngineSet } from "./engine-set.ts";
import { handlePower, isServed } from "./power.ts";
import { Reporter } from "./reporter.ts";
import type { UnitStore } from "./store/unit-store.ts";
import type { Turns } from "./turns.ts";

/** Power messages of different hosts that wait at once: fewer than there are turns. */
const powerWaitingMax = 8;

/** What one host may say of its power: a hundred times at once, eight times a second. */
const powerShare = {
  bytesBurst: 100 * 1024,
  bytesPerSecond: 8 * 1024,
  messageBytesMin: 1024,
  messageBytesMax: limits.messageBytesMax,
} as const;

export interface MembershipOptions {
  host: HostId;
  boot: string;
  bus: Bus;
  store: UnitStore;
  engines: EngineSet;
  refused: Map<UnitId, Problem>;
  /** Shared with everything else that changes units. */
  turns: Turns;
  log: Log;
  report(sequence: number): HostReport;
  answered(command: Command, outcome: CommandOutcome): void;
}

/** A daemon's part in a bus: hears commands and power states, sends reports and heartbeats. */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #handler: CommandHandler;
  readonly #reporter: Reporter;
  readonly #endings: (() => void)[];
  readonly #powerOf = new FairDecoder(codecs.powerMessage, powerShare);
  readonly #powerWaiting = new Set<HostId>();

  constructor(options: MembershipOptions) {
    this.#options = options;
    const { host, bus, store, engines, refused, log, report, answered } = options;
    this.#reporter = new Reporter({ host, bus, log, make: report });
    this.#handler = new CommandHandler({ host, store, engines, blobs: bus.blobs, log, refused, answered });
    this.#endings = this.#listen();
    this.#reporter.again();
    this.#beat();
  }

  get connected(): boolean {
    return this.#options.bus.state === "connected";
  }

  /** Of the newest report. */
  get sequence(): number {
    return this.#reporter.sequence;
  }

  /** What a report shows has changed. */
  changed(): void {
    this.#reporter.changed();
  }

  /** Hears nothing any more. */
  deafen(): void {
    for (const end of this.#endings.splice(0)) end();
  }

  /** Sends a last report. */
  async leave(): Promise<void> {
    this.deafen();
    await this.#reporter.stop();
  }

  /** Returns how each is ended. */
  #listen(): (() => void)[] {
    const { host, bus } = this.#options;
    const heartbeat = setInterval(() => this.#beat(), limits.heartbeatIntervalMs);
    const commands = bus.subscribe(subjects.command(host), (message) => this.#command(message));
    const power = bus.subscribe(subjects.anyPowerFor(host), (message) => this.#power(message));
    const forget = bus.onState((state) => {
      if (state !== "connected") return;
      this.#beat();
      this.#reporter.again();
    });
    return [forget, () => clearInterval(heartbeat), () => commands.unsubscribe(), () => power.unsubscribe()];
  }

  async #command({ payload, subject }: Message): Promise<Uint8Array> {
    const batch = codecs.commandBatch.decode(payload, subject);
    const results = await this.#carryOut(batch);
    const { host, boot, store } = this.#options;
    const sequence = this.#reporter.sequenceOfNow;
    return codecs.commandReply.encode({ host, term: store.term, boot, sequence, results });
  }

  async #carryOut(batch: CommandBatch): Promise<CommandReply["results"]> {
    const { host, turns } = this.#options;
    const refused =
      batch.host === host ? this.#crowded() : problem("command.misdirected", { host, meant: batch.host });
    if (refused) {
      return batch.commands.map(({ id }) => ({ id, outcome: { kind: "nack", problem: refused } }));
    }
    const { results, changed } = await turns.take(() => this.#handler.handle(batch));
    if (changed) this.#reporter.changed();
    return results;
  }

  async #power({ payload, subject }: Message): Promise<Uint8Array> {
    const message = this.#powerOf.decode(payload, subject);
    const reply = await this.#tellPower(message);
    const { log } = this.#options;
    // Anyone may say this to us; only what had an effect is worth a line each time.
    const level = reply.kind === "ack" ? "info" : "debug";
    log[level]({ host: message.host, state: message.state, reply }, "power state told");
    return codecs.powerReply.encode(reply);
  }

  /** Hosts that tell more than they may wait for must not take the turns that commands need. */
  async #tellPower(message: PowerMessage): Promise<PowerReply> {
    const { host: proxy, store, engines, turns } = this.#options;
    const { host } = message;
    if (!isServed(host, store)) return { kind: "nack", problem: problem("power.unserved", { host, proxy }) };
    if (this.#powerWaiting.has(host) || this.#powerWaiting.size >= powerWaitingMax) {
      const crowded = problem("command.crowded", { host: proxy, waitingMax: powerWaitingMax });
      return { kind: "nack", problem: crowded };
    }
    this.#powerWaiting.add(host);
    try {
      return await turns.take(() => handlePower(message, { proxy, store, engines }));
    } finally {
      this.#powerWaiting.delete(host);
    }
  }

  #crowded(): Problem | undefined {
    const { host, turns } = this.#options;
    return turns.full ? problem("command.crowded", { host, waitingMax: turns.waitingMax }) : undefined;
  }

  #beat(): void {
    const { host, boot, bus } = this.#options;
    if (!this.connected) return;
    const sequence = this.#reporter.sequence;
    bus.publish(subjects.heartbeat(host), codecs.heartbeat.encode({ host, boot, sequence }));
  }
}
