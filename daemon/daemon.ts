import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Bus, Command, CommandOutcome, HostReport } from "../bus/mod.ts";
import {
  fail,
  type HostCapabilities,
  type HostId,
  type ObservedUnit,
  type Problem,
  problemOf,
  type UnitId,
} from "../schemas/mod.ts";
import type { Engine, EngineContext, Log } from "./engine.ts";
import { EngineSet } from "./engine-set.ts";
import { Membership } from "./membership.ts";
import { makeReport, newFaults } from "./report.ts";
import { type Responder, type ResponderOptions, serveResponder } from "./responder/mod.ts";
import { type RestoreOptions, restore, retryRefused } from "./restore.ts";
import { readSecret } from "./secret.ts";
import { SelfService } from "./self-service.ts";
import { UnitStore } from "./store/unit-store.ts";
import { supersededUnits } from "./subscription.ts";
import { Turns } from "./turns.ts";

/** Batches and power states that may wait for their turn. */
const waitingMax = 16;
/** Interfaces and counters are looked at, and refused units tried again, this often. */
const lookEveryMs = 10_000;
/** A bus that refused us is asked again after this long: someone may have mended its permissions. */
const connectAgainMs = 30_000;

export interface DaemonOptions {
  host: HostId;
  /**
   * The bus, or how to join it: then units are restored and work before the bus is there, and for as long as it is not.
   * A bus that was joined by the daemon is closed by it.
   */
  bus: Bus | ((signal: AbortSignal) => Promise<Bus>);
  /** Where units, artifacts and power states are kept; made when it is not there. */
  stateDir: string;
  /** Files named after the secrets they hold; without it there are no secrets. */
  secretsDir?: string;
  /** Where hosts that sleep speak for themselves (docs/responder.md); without it they cannot. */
  responder?: ResponderOptions;
  engines: readonly Engine[];
  /** What this host is, now; looked at again every few seconds. The one of this folder's door is the real one. */
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
  /** How many reports were made. */
  reports: number;
  connected: boolean;
  units: ObservedUnit[];
  asleep: HostId[];
  /** The port on which hosts that sleep are heard. */
  responderPort?: number;
  commands: { verb: Command["verb"]; outcome: CommandOutcome["kind"]; count: number }[];
}

export interface Daemon {
  status(): DaemonStatus;
  /** Stops the engines, which leaves the network as it was; says so in a last report; keeps all units on disk. */
  stop(): Promise<void>;
}

/**
 * Runs the daemon of one host in this thread, whose network namespace is the host's: restores what is on disk before it
 * talks to anyone, then carries out commands and reports what there is. Goes on working when the bus is gone. Rejects
 * with `store.locked`, `store.foreign` or `store.unwritable` when its folder cannot be used.
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
  readonly #turns = new Turns({ waitingMax });
  readonly #refused = new Map<UnitId, Problem>();
  readonly #counts = new Map<string, DaemonStatus["commands"][number]>();
  readonly #stopping = new AbortController();
  #described: Pick<HostCapabilities, "kernel" | "interfaces">;
  #engines: EngineSet | undefined;
  #membership: Membership | undefined;
  #responder: Responder | undefined;
  #joinedBus: Bus | undefined;
  #joining: Promise<void> | undefined;
  #looks: NodeJS.Timeout | undefined;
  #enginesStopped = false;
  #stopped: Promise<void> | undefined;

  constructor(options: DaemonOptions, store: UnitStore) {
    this.#options = options;
    this.#store = store;
    this.#described = options.describeHost();
  }

  async start(): Promise<void> {
    const { host, bus, engines, log } = this.#options;
    this.#store.claim(host);
    for (const found of this.#store.problems) log.error({ problem: found }, "file of the store set aside");
    this.#engines = await EngineSet.start(host, engines, () => this.#engineContext());
    await this.#dropSuperseded();
    await restore(this.#restoring());
    await this.#serveHosts();
    this.#looks = setInterval(() => {
      if (!this.#turns.full) void this.#turns.take(() => this.#look());
    }, lookEveryMs);
    log.info({ host, boot: this.#boot, units: this.#store.units.size }, "daemon started");
    if (typeof bus === "function") this.#joining = this.#join(bus);
    else this.#membership = this.#joined(bus);
  }

  status(): DaemonStatus {
    return {
      host: this.#options.host,
      boot: this.#boot,
      term: this.#store.term,
      reports: this.#membership?.sequence ?? 0,
      connected: this.#membership?.connected ?? false,
      units: this.#report(0).units,
      asleep: [...this.#store.asleep],
      ...(this.#responder && { responderPort: this.#responder.port }),
      commands: [...this.#counts.values()],
    };
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const { log, host } = this.#options;
    this.#stopping.abort();
    clearInterval(this.#looks);
    await this.#responder?.close();
    await this.#joining;
    this.#membership?.deafen();
    await this.#turns.idle();
    for (const error of (await this.#engines?.stop()) ?? []) {
      log.error({ problem: problemOf(error) }, "engine not stopped cleanly");
    }
    this.#enginesStopped = true;
    await this.#membership?.leave();
    await this.#joinedBus?.close();
    await this.#store.close();
    log.info({ host }, "daemon stopped");
  }

  async #serveHosts(): Promise<void> {
    const { host, log, responder } = this.#options;
    if (!responder) return;
    const service = new SelfService({
      proxy: host,
      store: this.#store,
      engines: this.#running(),
      refused: this.#refused,
      turns: this.#turns,
      log,
      changed: () => this.#membership?.changed(),
    });
    this.#responder = await serveResponder(service, { ...responder, log });
    const { address } = responder.listen;
    log.info({ address, port: this.#responder.port, tls: responder.tls !== undefined }, "serving hosts");
  }

  /** Joins the bus, however long that takes; until then units work as they were kept. */
  async #join(connect: (signal: AbortSignal) => Promise<Bus>): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted && !this.#joinedBus) {
      try {
        this.#joinedBus = await connect(signal);
        this.#membership = this.#joined(this.#joinedBus);
      } catch (error) {
        if (signal.aborted) return;
        this.#options.log.error({ problem: problemOf(error), againMs: connectAgainMs }, "bus not joined");
        await delay(connectAgainMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  #joined(bus: Bus): Membership {
    const { host, log } = this.#options;
    log.info({ host }, "bus joined");
    return new Membership({
      host,
      boot: this.#boot,
      bus,
      store: this.#store,
      engines: this.#running(),
      refused: this.#refused,
      turns: this.#turns,
      log,
      report: (sequence) => this.#report(sequence),
      answered: (command, outcome) => this.#count(command, outcome),
    });
  }

  async #look(): Promise<void> {
    const engines = this.#running();
    const before = JSON.stringify([this.#described, engines.observe()]);
    this.#described = this.#options.describeHost();
    await engines.refresh().catch((error: unknown) => {
      this.#options.log.warn({ problem: problemOf(error) }, "counters not read");
    });
    const mended = this.#refused.size > 0 && (await retryRefused(this.#restoring()));
    const after = JSON.stringify([this.#described, engines.observe()]);
    if (mended || after !== before) this.#membership?.changed();
  }

  #engineContext(): EngineContext {
    const { log, secretsDir } = this.#options;
    return {
      log,
      changed: () => this.#engineChanged(),
      powered: (host, state) => {
        this.#store.setPower(host, state);
        void this.#flushUnasked();
      },
      artifact: async (digest) =>
        (await this.#store.blobs.readPrivate(digest)) ?? fail("artifact.missing", { digest }),
      secret: (name) => readSecret(name, secretsDir),
    };
  }

  #engineChanged(): void {
    if (!this.#engines || this.#stopped) return;
    for (const faulted of newFaults(this.#store.units, this.#engines.observe())) this.#store.set(faulted);
    void this.#flushUnasked();
    this.#membership?.changed();
  }

  async #dropSuperseded(): Promise<void> {
    const left = supersededUnits(this.#store.units);
    for (const id of left) this.#store.delete(id);
    if (left.length > 0) await this.#flushUnasked();
  }

  /** What cannot be written now is written by the next flush. */
  #flushUnasked(): Promise<void> {
    return this.#store.flush().catch((error: unknown) => {
      this.#options.log.error({ problem: problemOf(error) }, "state not written");
    });
  }

  #report(sequence: number): HostReport {
    const { host, version } = this.#options;
    const sight = {
      host,
      boot: this.#boot,
      term: this.#store.term,
      capabilities: { ...this.#described, netloom: version, engines: this.#engines?.capabilities ?? [] },
      stored: this.#store.units,
      observed: this.#engines?.observe() ?? [],
      refused: this.#refused,
      problems: this.#store.problems,
      stopped: this.#enginesStopped,
    };
    return makeReport(sight, sequence);
  }

  #restoring(): RestoreOptions {
    const { log } = this.#options;
    return { store: this.#store, engines: this.#running(), log, refused: this.#refused };
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
