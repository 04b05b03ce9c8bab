import {
  type Bus,
  type Command,
  type CommandBatch,
  type CommandOutcome,
  type CommandReply,
  codecs,
  type HostReport,
  limits,
  type Message,
  type PowerReply,
  subjects,
} from "../bus/mod.ts";
import { type HostId, type Problem, problem, type UnitId } from "../schemas/mod.ts";
import { CommandHandler } from "./command-handler.ts";
import type { Log } from "./engine.ts";
import type { EngineSet } from "./engine-set.ts";
import { handlePower } from "./power.ts";
import { Reporter } from "./reporter.ts";
import type { UnitStore } from "./store/unit-store.ts";
import type { Turns } from "./turns.ts";

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
    const message = codecs.powerMessage.decode(payload, subject);
    const { host: proxy, store, engines, turns, log } = this.#options;
    const crowded = this.#crowded();
    const reply: PowerReply = crowded
      ? { kind: "nack", problem: crowded }
      : await turns.take(() => handlePower(message, { proxy, store, engines }));
    log.info({ host: message.host, state: message.state, reply }, "power state told");
    return codecs.powerReply.encode(reply);
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
