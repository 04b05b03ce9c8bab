import { type Bucket, type Bus, buckets, type CommandOutcome } from "../bus/mod.ts";
import { formatProblem, isInverseUnit, type MessageReader, type Problem } from "../schemas/mod.ts";
import { BlobService } from "./blob-service.ts";
import { BlobSender } from "./blobs.ts";
import { objectRefOfUnit } from "./compile/unit.ts";
import { DesiredFleet } from "./desired-fleet.ts";
import { type PlannedCommand, unitOf } from "./diff.ts";
import { EventLog, type FleetEvent } from "./events.ts";
import { Fleet } from "./fleet.ts";
import type { HostView, MustStay } from "./host.ts";
import { Intake } from "./intake.ts";
import { Deliveries } from "./inverse/deliveries.ts";
import { endHosts } from "./inverse/end-hosts.ts";
import { QueryService } from "./inverse/query-service.ts";
import type { Leadership } from "./leadership.ts";
import type { Log } from "./log.ts";
import { Metrics } from "./metrics.ts";
import type { DesiredObjects, ObjectRef } from "./objects.ts";
import { ObservedFleet } from "./observed.ts";
import type { StandardModules } from "./program-store.ts";
import { RecordKeeper } from "./record/record-keeper.ts";
import { RecordStore } from "./record/record-store.ts";
import type { BatchOutcome } from "./reply.ts";
import type { LiveRotation } from "./rotation/live-rotation.ts";
import { Rotations } from "./rotation/rotations.ts";
import { InstanceKeys } from "./security/instance-keys.ts";
import { masterSecret } from "./security/master-secret.ts";
import { Trust } from "./security/trust.ts";
import { type SleeperItem, sleeperItems } from "./sleepers.ts";
import { SnapshotReader } from "./snapshot-reader.ts";
import type { Source } from "./source/source.ts";
import { contestOf, eventsOfDrift, eventsOfOutcome, eventsOfStatus } from "./status/events-of-status.ts";
import { isReady, type ObjectStatus } from "./status/object-status.ts";
import { type SourceStatus, sourceStatusOf } from "./status/source-status.ts";
import { StatusBoard } from "./status/status-board.ts";
import { type KnownStatus, StatusStore } from "./status/status-store.ts";
import { type ControllerTimes, defaultTimes } from "./times.ts";

export interface ReconcilerOptions {
  source: Source;
  bus: Bus;
  leadership: Leadership;
  modules: StandardModules;
  log: Log;
  times?: Partial<ControllerTimes>;
  /** What the keys of challenged modules come from; without it, it is made once and kept in the bucket `record`. */
  masterSecret?: Uint8Array;
  /** Runs modules for middleboxes that ask; without it, nobody answers them. */
  reader?: MessageReader;
  /** Of netloom, for those who ask. */
  version?: string;
  /** Lets a source that has become empty take everything off the fleet. */
  allowEmpty?: boolean;
}

/** What is told to those that watch. */
export type News =
  | { kind: "object"; status: ObjectStatus }
  | { kind: "objectGone"; object: ObjectRef }
  | { kind: "source"; status: SourceStatus }
  | { kind: "event"; event: FleetEvent };

const isMissingBlob = (outcome: CommandOutcome): boolean =>
  outcome.kind === "nack" && outcome.problem.code === "artifact.missing";

/**
 * Wires source, compiler, fleet, statuses and events to each other. Every controller computes what ought to be and what
 * is; only the one that leads sends commands and writes statuses.
 */
export class Reconciler {
  readonly desired: DesiredFleet;
  readonly fleet: Fleet;
  readonly board: StatusBoard;
  readonly events: EventLog;
  readonly metrics: Metrics;
  readonly times: ControllerTimes;
  readonly version: string;
  readonly #options: ReconcilerOptions;
  readonly #store: StatusStore;
  readonly #reader: SnapshotReader;
  readonly #intake: Intake;
  readonly #blobs: BlobSender;
  readonly #service: BlobService;
  readonly #record: RecordStore;
  readonly #keeper: RecordKeeper;
  readonly rotations: Rotations;
  readonly trust: Trust;
  readonly #deliveries: Deliveries;
  /** Absent: nobody reads messages for middleboxes here. */
  readonly queries: QueryService | undefined;
  readonly #listeners = new Set<(news: News) => void>();
  readonly #endings: (() => void)[] = [];
  #sourceStatus: SourceStatus;
  #refused: Problem | undefined;
  /** Counts what was to be brought into force, so that of two only the later is. */
  #turn = 0;
  #starting: Promise<void> | undefined;

  /** A reconciler that knows what was said of each object last, and does nothing until it is started. */
  static async load(options: ReconcilerOptions): Promise<Reconciler> {
    const store = new StatusStore(await options.bus.bucket(buckets.status), options.log);
    const record = await options.bus.bucket(buckets.record);
    const instances = new InstanceKeys(options.masterSecret ?? (await masterSecret(record)));
    return new Reconciler(options, { store, record, instances, known: await store.load() });
  }

  private constructor(
    options: ReconcilerOptions,
    {
      store,
      record,
      instances,
      known,
    }: { store: StatusStore; record: Bucket; instances: InstanceKeys; known: KnownStatus },
  ) {
    const { source, bus, modules, log, leadership, allowEmpty = false } = options;
    const times = { ...defaultTimes, ...options.times };
    const intake = new Intake(modules);
    this.times = times;
    this.version = options.version ?? "unknown";
    this.#options = options;
    this.#intake = intake;
    this.#store = store;
    this.#blobs = new BlobSender(bus.blobs, (digest) => intake.programs.read(digest));
    this.#service = new BlobService(bus.blobs, log);
    this.#record = new RecordStore(record, { store: bus.blobs, blobs: this.#blobs, log });
    this.#keeper = new RecordKeeper({
      store: this.#record,
      intake,
      leadership,
      log,
      readAgain: () => this.#reader.again(),
      fallBack: (desired) => this.#onObjects(desired),
    });
    this.desired = new DesiredFleet({
      allowEmpty,
      instances,
      trust: () => this.trust,
      deliveries: () => this.#deliveries,
      rotations: () => this.rotations,
    });
    this.#deliveries = new Deliveries({
      reportOf: (host) => this.fleet.host(host)?.report,
      isThere: (host) => this.fleet.isThere(host),
      waitMs: times.middleboxWaitMs,
      onHosts: (hosts) => {
        for (const host of hosts) this.desired.shape(host, this.fleet);
      },
      onReleased: (hosts) => {
        for (const host of hosts) this.fleet.touch(host);
      },
    });
    this.rotations = new Rotations({
      bucket: record,
      leadership,
      log,
      placementsOf: (object) => this.desired.compiler.placementsOf(object),
      hostOf: (id) => this.fleet.host(id),
      isCertain: (host) => this.fleet.isProven(host),
      onOvertaken: (term) => this.#onOvertaken(term),
      onHosts: (hosts) => {
        for (const host of hosts) this.desired.shape(host, this.fleet);
      },
      onChange: (rotation) => this.#onRotation(rotation),
      onEvent: (event) => this.events.add(event),
    });
    this.events = new EventLog((event, dropped) => this.#onEvent(event, dropped), known.events);
    this.board = new StatusBoard(
      {
        ...times,
        isKnown: () => this.desired.objects !== undefined,
        factsOf: (object) => this.desired.factsOf(object),
        onStatus: (object, status, before) => this.#onStatus(object, status, before),
      },
      known.objects,
    );
    this.trust = new Trust({
      bus,
      record,
      leadership,
      instances,
      times,
      log,
      term: () => this.term,
      hostOf: (id) => this.fleet.host(id),
      onOvertaken: (term) => this.#onOvertaken(term),
      onResult: ({ kind }) => this.metrics.noteChallenge(kind),
      onEvent: (event) => this.events.add(event),
      onChange: (host, unit) => {
        this.desired.shape(host, this.fleet);
        this.board.touch(objectRefOfUnit(unit), { isNewVersion: false });
      },
    });
    this.fleet = new Fleet({
      bus,
      blobs: this.#blobs,
      instances,
      times,
      term: () => this.term,
      onOvertaken: (term) => this.#onOvertaken(term),
      mustProve: (host) => this.rotations.isMoving(host),
      mustStay: this.mustStay,
      onHost: (host) => {
        this.board.setHost(host);
        this.rotations.noteHost(host.id);
        this.trust.challenges.noteHost(host);
        this.#deliveries.noteHost(host.id);
      },
      onOutcome: (host, commands, outcome, tookMs) => {
        this.metrics.noteOutcome(commands, outcome, tookMs);
        this.#onOutcome(host, commands, outcome);
      },
      onSettled: (_, afterMs) => this.metrics.noteSettled(afterMs),
      onDrift: (host, commands) => {
        this.metrics.noteDrift();
        for (const happened of eventsOfDrift(host, commands)) this.events.add(happened);
      },
      onContest: (host) => {
        log.warn({ host }, "two daemons speak for one host");
        this.events.add(contestOf(host));
      },
      onPresence: (host, isThere) => log.info({ host: host.id }, isThere ? "host is there" : "host is away"),
    });
    this.queries = options.reader && this.#makeQueries(options.reader);
    this.#reader = new SnapshotReader(source, intake, {
      onObjects: (objects) => this.#onObjects(objects),
      onProblems: () => this.#onSource(),
    });
    this.#sourceStatus = sourceStatusOf(this.#sourceFacts(), known.source);
    this.metrics = new Metrics({
      objects: () => this.board.list(),
      hosts: () => this.fleet.presence(),
      sleepers: () => this.sleepers(),
      challenges: () => this.trust.count(),
      isLeading: () => options.leadership.term !== undefined,
      isSourceReady: () => isReady(this.#sourceStatus),
    });
  }

  /** What nobody wants on a host any more, and what has to stay there for now. */
  readonly mustStay: MustStay = (host, unit) => this.#deliveries.mustStay(host, unit);

  /** Hosts that may sleep, and how they do. */
  sleepers(): SleeperItem[] {
    const inForce = [...(this.desired.objects?.objects.values() ?? [])];
    return sleeperItems(
      inForce.map(({ object }) => object),
      (host) => this.fleet.host(host)?.report,
    );
  }

  /** The term to act under; undefined while another controller leads, or while nothing is known of what ought to be. */
  get term(): number | undefined {
    const { term } = this.#keeper;
    const isKnown = term === this.rotations.term && term === this.trust.term;
    return this.desired.mayAct && isKnown ? term : undefined;
  }

  get isOnBus(): boolean {
    return this.#options.bus.state === "connected";
  }

  get sourceStatus(): SourceStatus {
    return this.#sourceStatus;
  }

  /** Resolves when what the fleet reports is known and the source was read, or was found to be unreadable, once. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Looks at the source now and at every host anew. Resolves when statuses tell what the source has now. */
  async reconcile(): Promise<void> {
    // What a source has can be judged only by the record of what was in force, which is read first.
    await this.#starting;
    this.#blobs.forget();
    await this.#options.source.refresh();
    await this.#reader.settled();
    this.fleet.touchAll();
    await this.fleet.looked();
    this.board.flush();
  }

  /** Calls `listener` with everything that changes. Returns the way to stop that. */
  watch(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Leaves the fleet as it is. Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    await this.#keeper.stop();
    await this.rotations.stop();
    this.queries?.set(false);
    await this.trust.stop();
    this.#deliveries.stop();
    await Promise.allSettled([this.#starting]);
    for (const end of this.#endings) end();
    await this.#reader.stop();
    await this.fleet.stop();
    await this.#record.stop();
    this.board.flush();
    this.board.stop();
    await this.#store.stop();
    await this.#service.set(false);
  }

  async #start(): Promise<void> {
    const { bus, log, leadership, source } = this.#options;
    const observed = await ObservedFleet.start(
      bus,
      {
        onReport: (report, isNew) => {
          this.fleet.noteReport(report, isNew);
          // What is seen of a unit may decide what it ought to be, and has to before the host is looked at.
          this.rotations.noteHost(report.host);
          this.#deliveries.noteHost(report.host);
        },
        onHeartbeat: ({ host, boot, sequence }) => this.fleet.noteHeartbeat(host, { boot, sequence }),
      },
      log,
    );
    this.#endings.push(() => observed.stop());
    this.#endings.push(leadership.onChange(() => void this.#onLead()));
    this.#endings.push(source.onProblems(() => this.#onSource()));
    this.#noteLead();
    await this.rotations.takeUp();
    await this.trust.takeUp();
    await this.#keeper.start(() => this.#reader.start());
    this.fleet.touchAll();
    this.#onSource();
  }

  async #onLead(): Promise<void> {
    this.#noteLead();
    await this.rotations.takeUp();
    await this.trust.takeUp();
    for (const { id } of this.fleet.hosts()) this.desired.shape(id, this.fleet);
    await this.#keeper.takeUp();
    this.fleet.touchAll();
  }

  #noteLead(): void {
    const { leadership, log } = this.#options;
    const { term } = leadership;
    log.info({ term }, term === undefined ? "another controller leads" : "this controller leads");
    this.#store.setLeading(term !== undefined);
    void this.#service.set(term !== undefined);
    this.queries?.set(term !== undefined);
  }

  #makeQueries(reader: MessageReader): QueryService {
    const { bus } = this.#options;
    return new QueryService({
      bus,
      reader,
      hosts: () => endHosts(this.desired.objects?.objects.values() ?? [], (id) => this.fleet.host(id)),
      isMiddlebox: (host) => this.desired.compiler.unitsOf(host).some(({ unit }) => isInverseUnit(unit.id)),
      readModule: (digest) =>
        this.#intake.programs
          .read(digest)
          .catch(() => bus.blobs.get(digest, { timeoutMs: this.times.commandTimeoutMs })),
      onEvent: (event) => this.events.add(event),
      onAnswer: (result) => this.metrics.noteInverse(result),
    });
  }

  #onOvertaken(term: number): void {
    this.#options.log.warn({ term }, "a daemon has seen a newer term");
    this.#options.leadership.overtaken(term);
  }

  async #onObjects(objects: DesiredObjects): Promise<void> {
    const turn = ++this.#turn;
    this.#refused = this.desired.refusalOf(objects, {
      fleet: this.fleet,
      inForce: this.#intake.record.objects.size,
    });
    if (!this.#refused) {
      // Written down before it is done: who follows must not fall back behind what the hosts were told.
      await this.#keeper.accept(objects);
      if (turn !== this.#turn) return;
      this.#bringIntoForce(objects);
    }
    this.#onSource();
  }

  #bringIntoForce(objects: DesiredObjects): void {
    const isFirst = this.desired.objects === undefined;
    this.desired.update(objects, this.fleet, this.board);
    this.trust.forget((failure) => this.desired.asksFor(failure));
    if (!isFirst) return;
    // What ought to be is known for the first time: now everything that is there can be judged by it.
    for (const { object } of this.board.list()) this.board.touch(object, { isNewVersion: false });
    this.fleet.touchAll();
  }

  #onSource(): void {
    const before = this.#sourceStatus;
    const status = sourceStatusOf(this.#sourceFacts(), before);
    if (JSON.stringify(status) === JSON.stringify(before)) return;
    this.#sourceStatus = status;
    this.#store.setSource(status);
    this.#tell({ kind: "source", status });
    for (const happened of eventsOfStatus({ ...status, object: "Source" }, { ...before, object: "Source" })) {
      this.events.add(happened);
    }
  }

  #sourceFacts(): Parameters<typeof sourceStatusOf>[0] {
    const { source } = this.#options;
    const problems = [
      ...source.problems,
      ...this.#reader.problems,
      ...this.#keeper.problems,
      ...(this.#refused ? [this.#refused] : []),
    ];
    const { objects, invalidObjects } = this.desired;
    return { location: source.location, revision: objects?.revision, problems, invalidObjects };
  }

  #onRotation(rotation: LiveRotation): void {
    this.board.touch(rotation.ref, { isNewVersion: false });
    for (const member of rotation.settings.through) {
      this.board.touch(rotation.refOf(member), { isNewVersion: false });
    }
    for (const host of rotation.hosts()) this.fleet.touch(host);
  }

  #onStatus(object: ObjectRef, status: ObjectStatus | undefined, before: ObjectStatus | undefined): void {
    this.#store.setObject(object, status);
    this.#tell(status ? { kind: "object", status } : { kind: "objectGone", object });
    if (status) for (const happened of eventsOfStatus(status, before)) this.events.add(happened);
    else this.events.add({ type: "Normal", object, reason: "Deleted", message: "left the source" });
  }

  #onOutcome(host: HostView, commands: readonly PlannedCommand[], outcome: BatchOutcome): void {
    const verbs = commands.map((command) => `${command.verb} ${unitOf(command)}`);
    const { log } = this.#options;
    if (outcome.kind === "unanswered") {
      log.warn(
        { host: host.id, commands: verbs.length, problem: formatProblem(outcome.problem) },
        "batch failed",
      );
    } else {
      log.debug({ host: host.id, commands: verbs }, "batch answered");
    }
    for (const happened of eventsOfOutcome(host, commands, outcome)) this.events.add(happened);
    // The store may have lost what it was known to have.
    if (outcome.kind === "answered" && outcome.outcomes.some(isMissingBlob)) this.#blobs.forget();
  }

  #onEvent(event: FleetEvent, dropped: FleetEvent | undefined): void {
    this.#store.setEvent(event);
    if (dropped) this.#store.dropEvent(dropped);
    this.#tell({ kind: "event", event });
  }

  #tell(news: News): void {
    for (const listener of this.#listeners) listener(news);
  }
}
