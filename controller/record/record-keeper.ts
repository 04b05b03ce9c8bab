import type { Problem } from "../../schemas/mod.ts";
import { insist } from "../insist.ts";
import type { Intake } from "../intake.ts";
import type { Leadership } from "../leadership.ts";
import type { Log } from "../log.ts";
import type { DesiredObjects } from "../objects.ts";
import { isSame } from "./record-codec.ts";
import type { LoadedRecord, ObjectRecord, RecordStore } from "./record-store.ts";

export interface RecordKeeperOptions {
  store: RecordStore;
  intake: Intake;
  leadership: Leadership;
  log: Log;
  /** Reads the source's newest snapshot again, if there is one. */
  readAgain(): Promise<void>;
  /** Brings into force what the record says, while the source says nothing that can be. */
  fallBack(desired: DesiredObjects): Promise<void>;
}

/**
 * Sees to it that whoever leads goes on from what was in force before: on getting the lead the record is read, the
 * newest snapshot is judged by it once more, and only then may anything be sent to a host.
 */
export class RecordKeeper {
  readonly #options: RecordKeeperOptions;
  readonly #stopped = new AbortController();
  /** Terms for which the record was read, and for which what follows from it is in force. */
  #read: number | undefined;
  #takenUp: number | undefined;
  #hasAccepted = false;
  #takingUp: Promise<void> = Promise.resolve();
  #problem: Problem | undefined;

  constructor(options: RecordKeeperOptions) {
    this.#options = options;
  }

  /** The term to act under. */
  get term(): number | undefined {
    const { term } = this.#options.leadership;
    return term !== undefined && term === this.#takenUp ? term : undefined;
  }

  get problems(): Problem[] {
    return this.#problem ? [this.#problem] : [];
  }

  /** Reads the record, then has the source read for the first time. */
  start(readFirst: () => Promise<void>): Promise<void> {
    this.#takingUp = this.#takeUp(readFirst);
    return this.#takingUp;
  }

  /** To be called whenever the term has changed. Resolves when it is taken up. */
  takeUp(): Promise<void> {
    this.#takingUp = this.#takingUp.then(async () => {
      const { term } = this.#options.leadership;
      if (term !== undefined && term !== this.#takenUp) await this.#takeUp(this.#options.readAgain);
    });
    return this.#takingUp;
  }

  /** What was read is in force from now on. Resolves when it is safe to act on it: when the record says so, too. */
  async accept(desired: DesiredObjects): Promise<void> {
    const { intake, store, leadership } = this.#options;
    this.#hasAccepted = true;
    const before = intake.record;
    intake.accept(desired);
    const { term } = leadership;
    if (term === undefined || term !== this.#read || isUnchanged(before, intake.record)) return;
    await store.save(intake.record, term);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#takingUp;
  }

  async #takeUp(readSource: () => Promise<void>): Promise<void> {
    const { leadership, intake, fallBack } = this.#options;
    const { term } = leadership;
    const loaded = await this.#load();
    if (!loaded) return;
    this.#read = term;
    this.#problem = loaded.kind === "lost" ? loaded.problem : undefined;
    const recorded = loaded.kind === "record" ? intake.takeUp(loaded.record) : undefined;
    this.#hasAccepted = false;
    await readSource();
    if (!this.#hasAccepted && recorded) await fallBack(recorded);
    this.#takenUp = term;
  }

  /** Undefined when stopped. */
  #load(): Promise<LoadedRecord | undefined> {
    const { store, log } = this.#options;
    return insist(() => store.load(), {
      signal: this.#stopped.signal,
      onFailure: (problem) => log.warn({ problem }, "the record of what was in force cannot be read"),
    });
  }
}

/** Whether two records have the same in force and hold the same back. */
function isUnchanged(one: ObjectRecord, other: ObjectRecord): boolean {
  if (one.objects.size !== other.objects.size) return false;
  for (const [ref, kept] of other.objects) if (!isSame(one.objects.get(ref), kept)) return false;
  return JSON.stringify(one.uncertain) === JSON.stringify(other.uncertain);
}
