import type { Bucket } from "../../bus/mod.ts";
import {
  type CustomizationRotation,
  type DesiredUnit,
  formatProblem,
  type HostId,
  isInverseUnit,
  type Problem,
  problemOf,
} from "../../schemas/mod.ts";
import { backoffMs } from "../backoff.ts";
import type { Placement } from "../compile/placement.ts";
import { objectRefOfUnit } from "../compile/unit.ts";
import { insist } from "../insist.ts";
import type { Leadership } from "../leadership.ts";
import type { Log } from "../log.ts";
import type { ObjectInForce, ObjectRef } from "../objects.ts";
import { rotateTo } from "./choose-target.ts";
import { LiveRotation, type LiveRotationPorts } from "./live-rotation.ts";
import type { RotationEvent } from "./rotation-draft.ts";
import { type Member, newRecord, type RotationRecord } from "./rotation-record.ts";
import { rotationSettings } from "./rotation-settings.ts";
import { RotationStore, type StoredRotation } from "./rotation-store.ts";
import { stepRotation } from "./step-rotation.ts";

export interface RotationsOptions extends LiveRotationPorts {
  bucket: Bucket;
  leadership: Leadership;
  log: Log;
  onOvertaken(term: number): void;
  /** What ought to be on these hosts may have changed. */
  onHosts(hosts: Iterable<HostId>): void;
  /** The rotation, and its members, may stand otherwise. */
  onChange(rotation: LiveRotation): void;
  onEvent(event: RotationEvent & { object: ObjectRef }): void;
}

/** What became of a decision: "changed" when somebody else had decided before. */
export type Saved = { kind: "stored" | "overtaken" | "changed" } | { kind: "failed"; problem: Problem };

const backoff = { backoffFirstMs: 100, backoffMaxMs: 10_000 };
/** Timers of Node.js hold less than 25 days. */
const wakeMaxMs = 3_600_000;

/** Carries rotations on: decides when something is seen, writes that down, and only then has the hosts brought to it. */
export class Rotations {
  readonly #options: RotationsOptions;
  readonly #store: RotationStore;
  readonly #live = new Map<ObjectRef, LiveRotation>();
  readonly #byMember = new Map<ObjectRef, LiveRotation>();
  /** Rotations that have left the source, and whose entries are being deleted. */
  readonly #deleting = new Map<ObjectRef, Promise<void>>();
  readonly #stopped = new AbortController();
  #known = new Map<ObjectRef, StoredRotation>();
  #term: number | undefined;
  /** Known as soon as it is known what ought to be. */
  #inForce: ReadonlySet<ObjectRef> | undefined;

  constructor(options: RotationsOptions) {
    this.#options = options;
    this.#store = new RotationStore(options.bucket, (object, found) => {
      options.log.error({ rotation: object, problem: found }, "what was decided of a rotation is lost");
      options.onEvent({ type: "Warning", object, reason: "RecordLost", message: formatProblem(found) });
    });
  }

  /** The term for which what was decided before is known, and nobody of an older one decides any more. */
  get term(): number | undefined {
    return this.#term;
  }

  list(): Iterable<LiveRotation> {
    return this.#live.values();
  }

  get(rotation: ObjectRef): LiveRotation | undefined {
    return this.#live.get(rotation);
  }

  /** To be called whenever the term has changed. Resolves when it is taken up, or stopped. */
  async takeUp(): Promise<void> {
    const { leadership, log, onOvertaken } = this.#options;
    const { term } = leadership;
    if (term === undefined || term === this.#term) return;
    const claimed = await insist(() => this.#store.claimAll(term), {
      signal: this.#stopped.signal,
      isWanted: () => leadership.term === term,
      onFailure: (problem) => log.warn({ problem }, "what was decided of rotations cannot be read"),
    });
    if (typeof claimed === "number") onOvertaken(claimed);
    else if (claimed) this.#goOnFrom(claimed, term);
  }

  /** Takes in the objects in force; the hosts whose units may be others for that. */
  update(objects: ReadonlyMap<ObjectRef, ObjectInForce>): Set<HostId> {
    const hosts = new Set<HostId>();
    const before = [...this.#live.values()];
    this.#byMember.clear();
    for (const live of before) {
      for (const host of live.hosts()) hosts.add(host);
      if (!objects.has(live.ref)) this.#drop(live);
    }
    this.#inForce = new Set(objects.keys());
    this.#forgetOthers();
    for (const { object } of objects.values()) {
      if (object.kind !== "CustomizationRotation") continue;
      const live = this.#take(object);
      for (const member of live.settings.through) this.#byMember.set(live.refOf(member), live);
      for (const host of live.hosts()) hosts.add(host);
    }
    setImmediate(() => this.#lookAtAll());
    return hosts;
  }

  /** Something may be known of a host that was not known before. */
  noteHost(host: HostId): void {
    for (const live of this.#live.values()) if (live.has(host)) this.#look(live);
  }

  /** The units of a host, those of rotations as they are decided. */
  shape(host: HostId, units: readonly DesiredUnit[]): DesiredUnit[] {
    const sights = new Map<LiveRotation, ReturnType<LiveRotation["sight"]>>();
    return units.flatMap((desired) => {
      const live = this.#byMember.get(objectRefOfUnit(desired.unit.id));
      if (!live || isInverseUnit(desired.unit.id)) return [desired];
      const sight = sights.get(live) ?? live.sight();
      sights.set(live, sight);
      return live.shape(host, desired, sight) ?? [];
    });
  }

  /** The placements of an object that are to be on their hosts now. */
  shapePlacements(object: ObjectRef, placements: readonly Placement[]): readonly Placement[] {
    const live = this.#byMember.get(object);
    if (!live) return placements;
    const sight = live.sight();
    return placements.flatMap((placement) => {
      if (isInverseUnit(placement.desired.unit.id)) return [placement];
      const desired = live.shape(placement.on, placement.desired, sight);
      return desired ? [{ ...placement, desired }] : [];
    });
  }

  /** The hosts whose reports have to be proven fresh: those of rotations on their way. */
  isMoving(host: HostId): boolean {
    for (const live of this.#live.values()) if (live.isUnsettled && live.has(host)) return true;
    return false;
  }

  /** Moves to a member now. Resolves when that is written down, or to why it is not; nobody tries it again then. */
  async rotate(live: LiveRotation, to: Member): Promise<Saved> {
    while (live.saving) await live.saving;
    if (!this.#leads()) return { kind: "overtaken" };
    const { record, events } = rotateTo(live.record, to, Date.now());
    const saving = this.#save(live, record, events);
    live.saving = saving;
    return await saving;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    for (const live of this.#live.values()) clearTimeout(live.wake);
    await Promise.all([...this.#live.values()].map(({ saving }) => saving));
    await Promise.all(this.#deleting.values());
  }

  #goOnFrom(claimed: Map<ObjectRef, StoredRotation>, term: number): void {
    this.#known = claimed;
    this.#term = term;
    for (const live of this.#live.values()) {
      live.stored = claimed.get(live.ref);
      live.record = live.stored?.record ?? newRecord(live.settings.through);
    }
    this.#forgetOthers();
    this.#lookAtAll();
  }

  #take(object: CustomizationRotation): LiveRotation {
    const { namespace, name } = object.metadata;
    const ref = `CustomizationRotation/${namespace}/${name}`;
    const settings = rotationSettings(object.spec);
    const stored = this.#known.get(ref);
    const known = { record: stored?.record ?? newRecord(settings.through), stored };
    const live = this.#live.get(ref) ?? new LiveRotation(object, known, this.#options);
    live.settings = settings;
    live.forgetPlaces();
    this.#live.set(ref, live);
    return live;
  }

  #drop(live: LiveRotation): void {
    clearTimeout(live.wake);
    this.#live.delete(live.ref);
    this.#forget(live.ref);
  }

  /** What was decided of rotations that left the source while nobody led would mislead those of the same name later. */
  #forgetOthers(): void {
    for (const rotation of this.#known.keys())
      if (this.#inForce?.has(rotation) === false) this.#forget(rotation);
  }

  #forget(rotation: ObjectRef): void {
    if (!this.#leads() || this.#deleting.has(rotation)) return;
    this.#known.delete(rotation);
    const deleting = this.#delete(rotation).finally(() => this.#deleting.delete(rotation));
    this.#deleting.set(rotation, deleting);
  }

  /** Tries until it is done, or somebody else leads: they will find what is left. */
  async #delete(rotation: ObjectRef): Promise<void> {
    const { log } = this.#options;
    await insist(() => this.#store.delete(rotation), {
      signal: this.#stopped.signal,
      isWanted: () => this.#leads(),
      onFailure: (problem) =>
        log.warn({ rotation, problem }, "what was decided of a rotation cannot be deleted"),
    });
  }

  #leads(): boolean {
    return this.#term !== undefined && this.#term === this.#options.leadership.term;
  }

  #lookAtAll(): void {
    for (const live of this.#live.values()) this.#look(live);
  }

  #look(live: LiveRotation): void {
    if (this.#stopped.signal.aborted || live.saving || this.#live.get(live.ref) !== live) return;
    this.#options.onHosts(live.hosts());
    if (!this.#leads()) return;
    clearTimeout(live.wake);
    const now = Date.now();
    const { record, events, wakeAtMs } = stepRotation(live.settings, live.record, live.sight(), {
      nowMs: now,
      random: Math.random,
    });
    if (record !== live.record) live.saving = this.#save(live, record, events);
    else if (wakeAtMs !== undefined) this.#wake(live, wakeAtMs - now);
  }

  #wake(live: LiveRotation, afterMs: number): void {
    live.wake = setTimeout(() => this.#look(live), Math.min(wakeMaxMs, Math.max(1, afterMs)));
    live.wake.unref();
  }

  async #save(live: LiveRotation, record: RotationRecord, events: readonly RotationEvent[]): Promise<Saved> {
    const { log, onOvertaken, onChange, onEvent } = this.#options;
    let afterMs = 0;
    try {
      // One of the same name is gone: its entry has to be, too, before there is another.
      await this.#deleting.get(live.ref);
      const saved = await this.#store.save(live.ref, {
        record,
        term: this.#term as number,
        before: live.stored,
      });
      live.failures = 0;
      if (saved.kind === "overtaken") {
        this.#term = undefined;
        onOvertaken(saved.term);
        return { kind: "overtaken" };
      }
      live.stored = saved.stored;
      live.record = saved.stored.record ?? newRecord(live.settings.through);
      if (saved.kind === "stored") for (const event of events) onEvent({ ...event, object: live.ref });
      return { kind: saved.kind };
    } catch (error) {
      const found = problemOf(error);
      log.warn({ rotation: live.ref, problem: found }, "what is decided of a rotation cannot be written");
      live.failures += 1;
      afterMs = backoffMs(live.failures, Math.random(), backoff);
      return { kind: "failed", problem: found };
    } finally {
      live.saving = undefined;
      onChange(live);
      this.#wake(live, afterMs);
    }
  }
}
