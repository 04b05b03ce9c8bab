import { randomUUID } from "node:crypto";
import {
  type Bus,
  type Command,
  type CommandBatch,
  type CommandOutcome,
  type CommandReply,
  codecs,
  limits,
  type Message,
  type PowerReply,
  type Subscription,
  subjects,
} from "../bus/mod.ts";
import {
  type HostCapabilities,
  type HostId,
  type ObservedUnit,
  type Problem,
  problem,
  problemOf,
  type UnitId,
} from "../schemas/mod.ts";
import { CommandHandler } from "./command-handler.ts";
import type { Engine, EngineContext, Log } from "./engine.ts";
import { EngineSet } from "./engine-set.ts";
import { handlePower } from "./power.ts";
import { makeReport, newFaults } from "./report.ts";
import { Reporter } from "./reporter.ts";
import { restore, retryRefused } from "./restore.ts";
import { readSecret } from "./secret.ts";
import { UnitStore } from "./store/unit-store.ts";
import { Turns } from "./turns.ts";

const batchesWaitingMax = 16;
/** Interfaces and counters are looked at, and refused units tried again, this often. */
const lookEveryMs = 10_000;

export interface DaemonOptions {
  host: HostId;
  bus: Bus;
  /** Where units, artifacts and power states are kept; made when it is not there. */
  stateDir: string;
  /** Files named after the secrets they hold; without it there are no secrets. */
  secretsDir?: string;
  engines: readonly Engine[];
  /** What this host is, now; looked at again every few seconds. `linux`'s is the real one. */
  describeHost(): Pick<HostCapabilities, "kernel" | "interfaces">;
  /** Version of this netloom. */
  version: string;
  log: Log;
}

/** What a daemon counts and sees, for its metrics and for those who run it. */
export interface DaemonStatus {
  host: HostId;
  boot: string;
  term: number;
  reports: number;
  connected: boolean;
  units: ObservedUnit[];
  asleep: HostId[];
  commands: { verb: Command["verb"]; outcome: CommandOutcome["kind"]; count: number }[];
}

export interface Daemon {
  status(): DaemonStatus;
  /** Stops the engines, which leaves the network as it was; says so in a last report; keeps all units on disk. */
  stop(): Promise<void>;
}

/**
 * Runs the daemon of one host in this thread, whose network namespace is the host's: restores what is on disk before it
 * talks to anyone, then carries out commands and reports what there is. Stops nothing and asks for nothing when the bus
 * is gone. Rejects with `store.*` when its folder cannot be used.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const store = await UnitStore.open(options.stateDir);
  const daemon = new RunningDaemon(options, store);
  try {
    await daemon.start();
    return daemon;
  } catch (error) {
    await daemon.stop();
    throw error;
  }
}

class RunningDaemon implements Daemon {
  readonly #options: DaemonOptions;
  readonly #store: UnitStore;
  readonly #boot = randomUUID();
  readonly #turns = new Turns({ waitingMax: batchesWaitingMax });
  readonly #refused = new Map<UnitId, Problem>();
  readonly #counts = new Map<
    string,
    { verb: Command["verb"]; outcome: CommandOutcome["kind"]; count: number }
  >();
  readonly #reporter: Reporter;
  readonly #endings: (() => void)[] = [];
  #engines: EngineSet | undefined;
  #handler: CommandHandler | undefined;
  #described: Pick<HostCapabilities, "kernel" | "interfaces">;
  #stopped: Promise<void> | undefined;

  constructor(options: DaemonOptions, store: UnitStore) {
    this.#options = options;
    this.#store = store;
    this.#described = options.describeHost();
    const { host, bus, log } = options;
    this.#reporter = new Reporter({ host, bus, log, make: (sequence) => this.#report(sequence) });
  }

  async start(): Promise<void> {
    const { host, bus, engines, log } = this.#options;
    for (const found of this.#store.problems) log.error({ problem: found }, "file of the store set aside");
    this.#engines = await EngineSet.start(host, engines, () => this.#engineContext());
    await restore(this.#restoring());
    this.#handler = new CommandHandler({
      host,
      store: this.#store,
      engines: this.#engines,
      blobs: bus.blobs,
      log,
      refused: this.#refused,
      answered: (command, outcome) => this.#count(command, outcome),
    });
    this.#listen();
    this.#reporter.again();
    log.info({ host, boot: this.#boot, units: this.#store.units.size }, "daemon started");
  }

  status(): DaemonStatus {
    return {
      host: this.#options.host,
      boot: this.#boot,
      term: this.#store.term,
      reports: this.#reporter.sequence,
      connected: this.#options.bus.state === "connected",
      units: this.#report(0).units,
      asleep: [...this.#store.asleep],
      commands: [...this.#counts.values()],
    };
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const { log, host } = this.#options;
    for (const end of this.#endings) end();
    await this.#turns.idle();
    for (const error of (await this.#engines?.stop()) ?? []) {
      log.error({ problem: problemOf(error) }, "engine not stopped cleanly");
    }
    await this.#reporter.stop();
    await this.#store.close();
    log.info({ host }, "daemon stopped");
  }

  /** Everything that the world may start at any time, and how each of it is ended. */
  #listen(): void {
    const { host, bus } = this.#options;
    const heartbeat = setInterval(() => this.#beat(), limits.heartbeatIntervalMs);
    const look = setInterval(() => void this.#turns.take(() => this.#look()), lookEveryMs);
    const subscriptions: Subscription[] = [
      bus.subscribe(subjects.command(host), (message) => this.#command(message)),
      bus.subscribe(subjects.anyPowerFor(host), (message) => this.#power(message)),
    ];
    const forget = bus.onState((state) => {
      if (state === "connected") this.#reporter.again();
    });
    this.#endings.push(
      forget,
      () => clearInterval(heartbeat),
      () => clearInterval(look),
      ...subscriptions.map((subscription) => () => subscription.unsubscribe()),
    );
    this.#beat();
  }

  async #command({ payload, subject }: Message): Promise<Uint8Array> {
    const { host } = this.#options;
    const batch = codecs.commandBatch.decode(payload, subject);
    const reply = await this.#carryOut(batch);
    return codecs.commandReply.encode({
      host,
      term: this.#store.term,
      boot: this.#boot,
      sequence: this.#reporter.sequenceOfNow,
      results: reply,
    });
  }

  async #carryOut(batch: CommandBatch): Promise<CommandReply["results"]> {
    const { host } = this.#options;
    const handler = this.#handler;
    if (!handler) throw new Error("commands are subscribed to after the start");
    if (batch.host !== host || this.#turns.full) {
      const refused = this.#turns.full
        ? problem("command.crowded", { host, batchesMax: batchesWaitingMax })
        : problem("command.misdirected", { host, meant: batch.host });
      return batch.commands.map(({ id }) => ({ id, outcome: { kind: "nack", problem: refused } }));
    }
    const { results, changed } = await this.#turns.take(() => handler.handle(batch));
    if (changed) this.#reporter.changed();
    return results;
  }

  async #power({ payload, subject }: Message): Promise<Uint8Array> {
    const message = codecs.powerMessage.decode(payload, subject);
    const { host } = this.#options;
    const engines = this.#running();
    const reply: PowerReply = this.#turns.full
      ? { kind: "nack", problem: problem("command.crowded", { host, batchesMax: batchesWaitingMax }) }
      : await this.#turns.take(() => handlePower(message, { proxy: host, store: this.#store, engines }));
    this.#options.log.info(
      { host: message.host, state: message.state, reply: reply.kind },
      "power state told",
    );
    return codecs.powerReply.encode(reply);
  }

  #beat(): void {
    const { host, bus } = this.#options;
    if (bus.state !== "connected") return;
    const sequence = this.#reporter.sequence;
    bus.publish(subjects.heartbeat(host), codecs.heartbeat.encode({ host, boot: this.#boot, sequence }));
  }

  async #look(): Promise<void> {
    if (this.#stopped) return;
    const before = JSON.stringify([this.#described, this.#running().observe()]);
    this.#described = this.#options.describeHost();
    const engines = this.#running();
    await engines.refresh().catch((error: unknown) => {
      this.#options.log.warn({ problem: problemOf(error) }, "counters not read");
    });
    const mended = this.#refused.size > 0 && (await retryRefused(this.#restoring()));
    if (mended || JSON.stringify([this.#described, engines.observe()]) !== before) this.#reporter.changed();
  }

  #engineContext(): EngineContext {
    const { log, secretsDir } = this.#options;
    return {
      log,
      changed: () => this.#engineChanged(),
      powered: (host, state) => {
        this.#store.setPower(host, state);
        this.#flushLater();
      },
      secret: (name) => readSecret(name, secretsDir),
    };
  }

  #engineChanged(): void {
    if (!this.#engines || this.#stopped) return;
    for (const faulted of newFaults(this.#store.units, this.#engines.observe())) this.#store.set(faulted);
    this.#flushLater();
    this.#reporter.changed();
  }

  /** Nobody waits for it; what cannot be written now is written by the next flush. */
  #flushLater(): void {
    this.#store.flush().catch((error: unknown) => {
      this.#options.log.error({ problem: problemOf(error) }, "state not written");
    });
  }

  #report(sequence: number) {
    const { host, version } = this.#options;
    return makeReport(
      {
        host,
        boot: this.#boot,
        term: this.#store.term,
        capabilities: { ...this.#described, netloom: version, engines: this.#engines?.capabilities ?? [] },
        stored: this.#store.units,
        observed: this.#engines?.observe() ?? [],
        refused: this.#refused,
        problems: this.#store.problems,
        stopped: this.#stopped !== undefined,
      },
      sequence,
    );
  }

  #restoring() {
    return {
      store: this.#store,
      engines: this.#running(),
      log: this.#options.log,
      refused: this.#refused,
    };
  }

  #running(): EngineSet {
    if (!this.#engines) throw new Error("engines are started first");
    return this.#engines;
  }

  #count({ verb }: Command, { kind }: CommandOutcome): void {
    const key = `${verb} ${kind}`;
    const counted = this.#counts.get(key) ?? { verb, outcome: kind, count: 0 };
    counted.count++;
    this.#counts.set(key, counted);
  }
}
