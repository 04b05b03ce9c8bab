import { mkdir, readFile, writeFile } from "node:fs/promises";
import {
  openSource,
  type Reconciler,
  type RunningController,
  runController,
  type Source,
  type SourceOptions,
  type StandardModules,
} from "../controller/mod.ts";
import { type Log, parseSecureOn } from "../daemon/mod.ts";
import { WorkerReader } from "../middlebox/mod.ts";
import { type Check, type HostId, type Problem, problemOf } from "../schemas/mod.ts";
import { converged } from "./convergence.ts";
import { hostPlanOf, type Member, memberOf } from "./fleet.ts";
import { HostDaemon } from "./host-daemon.ts";
import { type CommandEnd, HostProcesses } from "./host-processes.ts";
import { type LabBus, startLabBus } from "./lab-bus.ts";
import { buildNetwork } from "./network.ts";
import { announcePower } from "./power.ts";
import { type LabRepository, readRepository } from "./repository.ts";
import { type LabDescription, runFolder } from "./run-folder.ts";
import { Sleepers, type WakeCause } from "./sleepers.ts";
import { planTopology, type Topology } from "./topology.ts";
import { startWire, type Wire } from "./wire.ts";

export interface LabOptions {
  name: string;
  /** PATH or URL, with //SUBPATH and #REF as needed. */
  location: string;
  source?: SourceOptions;
  /** The modules that netloom ships. */
  modules: StandardModules;
  version: string;
  /** Makes the losses of links. */
  seed: number;
  /** A real nats-server instead of the embedded bus. */
  nats: boolean;
  /** Files named after the secrets they hold, for all hosts. */
  secretsDir?: string | undefined;
  log: Log;
  onEvent(event: LabEvent): void;
}

/** What happens in a lab beside what its controller tells. */
export type LabEvent =
  | { kind: "power"; host: HostId; state: "asleep" | "awake"; cause: WakeCause }
  | { kind: "command-ended"; host: HostId; end: CommandEnd }
  | { kind: "daemon-crashed"; host: HostId; error: Error }
  | { kind: "problem"; problem: Problem };

/**
 * A whole fleet in this sandbox (`lab/sandbox`): every Host of a repository in a network namespace, wired as the
 * repository says, with the real daemon in each and the real controller.
 */
export class Lab {
  readonly topology: Topology;
  readonly members: readonly Member[];
  readonly checks: readonly Check[];
  readonly sleepers: Sleepers;
  readonly daemons: ReadonlyMap<HostId, HostDaemon>;
  readonly #options: LabOptions;
  readonly #source: Source;
  readonly #bus: LabBus;
  readonly #reader = new WorkerReader();
  readonly #processes: ReadonlyMap<HostId, HostProcesses>;
  #wire: Wire | undefined;
  #controller: RunningController | undefined;

  /** Resolves when all of it runs, converged or not. Rejects with the problem that kept it from that. */
  static async start(options: LabOptions): Promise<Lab> {
    await mkdir(runFolder.source, { recursive: true });
    const source = openSource(options.location, { folder: runFolder.source, ...options.source });
    const onProblem = (found: Problem): void => options.log.warn({ problem: found }, "bus problem");
    let lab: Lab | undefined;
    try {
      await source.start();
      const repository = await readRepository(source);
      lab = new Lab(options, {
        source,
        repository,
        bus: await startLabBus({ nats: options.nats, onProblem }),
      });
      await lab.#start();
      return lab;
    } catch (error) {
      await (lab ?? source).close();
      throw error;
    }
  }

  private constructor(
    options: LabOptions,
    { source, repository, bus }: { source: Source; repository: LabRepository; bus: LabBus },
  ) {
    const { hosts, checks } = repository;
    this.#options = options;
    this.#source = source;
    this.#bus = bus;
    this.checks = checks;
    this.members = hosts.map(memberOf);
    this.topology = planTopology(hosts.map(hostPlanOf));
    this.#processes = new Map(this.members.map((member) => [member.id, this.#processesOf(member)]));
    this.daemons = new Map(
      this.members.filter(({ daemon }) => daemon).map((member) => [member.id, this.#daemonOf(member)]),
    );
    this.sleepers = this.#makeSleepers();
  }

  get reconciler(): Reconciler {
    if (this.#controller === undefined)
      throw new Error("the controller runs from the start to the end of the lab");
    return this.#controller.reconciler;
  }

  /** Where its objects come from, for people. */
  get location(): string {
    return this.#source.location;
  }

  /**
   * Resolves when the fleet is as its source says and those Hosts sleep that should from then on. Rejects with
   * `lab.not-converged`, or with the problem of the proxy of one that cannot sleep.
   */
  async settle(options: { timeoutMs: number; signal: AbortSignal }): Promise<void> {
    await converged(this.reconciler, options);
    for (const { id, asleep } of this.members) if (asleep) await this.sleepers.sleep(id);
  }

  /** Ends all of it; each host's network is as it was before its daemon came. */
  async close(): Promise<void> {
    this.sleepers.close();
    await Promise.all([...this.#processes.values()].map((processes) => processes.close()));
    await this.#controller?.stop();
    await Promise.all([...this.daemons.values()].map((daemon) => daemon.close()));
    await this.#wire?.close();
    await this.#source.close();
    await this.#bus.close();
    await this.#reader.close();
  }

  async #start(): Promise<void> {
    const { modules, log, version } = this.#options;
    await buildNetwork(this.topology);
    this.#wire = await this.#startWire();
    await this.#describe();
    await Promise.all([...this.daemons.values()].map((daemon) => daemon.start()));
    for (const processes of this.#processes.values()) processes.start();
    this.#controller = await runController({
      source: this.#source,
      bus: this.#bus.bus,
      modules,
      reader: this.#reader,
      log,
      version,
      serve: [{ kind: "socket", path: runFolder.api }],
    });
    await this.#controller.ready;
  }

  #startWire(): Promise<Wire> {
    const sleeping = new Set(this.members.filter(({ sleep }) => sleep !== undefined).map(({ id }) => id));
    const ports = this.topology.hosts.filter(({ id }) => sleeping.has(id)).flatMap((host) => host.interfaces);
    return startWire(this.topology, {
      seed: this.#options.seed,
      sleepers: ports.map(({ lan, mac }) => ({ lan, mac })),
      onMagic: (packet) => void this.sleepers.hear(packet),
      onFailure: (error) => this.#options.onEvent({ kind: "problem", problem: problemOf(error) }),
    });
  }

  #makeSleepers(): Sleepers {
    const { onEvent, secretsDir } = this.#options;
    const wirings = new Map(this.topology.hosts.map((host) => [host.id, host]));
    return new Sleepers(
      this.members.map((member) => ({ member, wiring: wirings.get(member.id)! })),
      {
        announce: (message) => announcePower(this.#bus.bus, { ...message, proxy: this.#proxyOf(message) }),
        // A secret that is no password keeps its proxy from serving the host, so nothing need match it here.
        password: async (secret) => {
          const content = await readFile(`${secretsDir}/${secret}`);
          return parseSecureOn(content) ?? content;
        },
        freeze: (host, frozen) => {
          const processes = this.#processes.get(host);
          if (frozen) processes?.freeze();
          else processes?.thaw();
        },
        changed: (host, state, cause) => onEvent({ kind: "power", host, state, cause }),
        onProblem: (problem) => onEvent({ kind: "problem", problem }),
      },
    );
  }

  /** Its proxy as the source has it now: a commit may have given it another than the one that it began with. */
  #proxyOf({ host, proxy }: { host: HostId; proxy: HostId }): HostId {
    return this.reconciler.sleepers().find((one) => one.host === host)?.proxy ?? proxy;
  }

  #processesOf(member: Member): HostProcesses {
    return new HostProcesses(member, (end) =>
      this.#options.onEvent({ kind: "command-ended", host: member.id, end }),
    );
  }

  #daemonOf({ id, netns }: Member): HostDaemon {
    const { version, secretsDir, log, onEvent } = this.#options;
    return new HostDaemon({
      host: id,
      netns,
      stateDir: runFolder.daemon(netns),
      secretsDir,
      isProxy: this.members.some(({ sleep }) => sleep?.proxy === id),
      version,
      bus: () => this.#bus.way(),
      log,
      onCrash: (error) => onEvent({ kind: "daemon-crashed", host: id, error }),
    });
  }

  /** From now on it is found from outside. */
  async #describe(): Promise<void> {
    const description: LabDescription = {
      name: this.#options.name,
      location: this.location,
      started: new Date().toISOString(),
      hosts: this.topology.hosts.map(({ id, netns }) => ({ id, netns })),
    };
    await writeFile(runFolder.description, JSON.stringify(description));
  }
}
