import { type Problem, problemOf, type Snapshot } from "../schemas/mod.ts";
import type { Intake } from "./intake.ts";
import type { DesiredObjects } from "./objects.ts";
import type { Source } from "./source/source.ts";

const retryAfterMs = 5_000;

/** Reads the newest snapshot of a source, one at a time; of several that come meanwhile, only the last. */
export class SnapshotReader {
  readonly #source: Source;
  readonly #intake: Intake;
  readonly #onObjects: (objects: DesiredObjects) => Promise<void>;
  readonly #onProblems: () => void;
  #done: Snapshot | undefined;
  #reading: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #stopListening: (() => void) | undefined;
  #problem: Problem | undefined;

  constructor(
    source: Source,
    intake: Intake,
    listeners: { onObjects(objects: DesiredObjects): Promise<void>; onProblems(): void },
  ) {
    this.#source = source;
    this.#intake = intake;
    this.#onObjects = listeners.onObjects;
    this.#onProblems = listeners.onProblems;
  }

  /** What keeps the newest snapshot from being read. */
  get problems(): Problem[] {
    return this.#problem ? [this.#problem] : [];
  }

  /** Resolves when the first snapshot was read, or when there is none to read yet. */
  async start(): Promise<void> {
    this.#stopListening = this.#source.onSnapshot(() => void this.settled());
    await this.#source.start();
    await this.settled();
  }

  /** Resolves when the newest snapshot was read, or could not be. */
  async settled(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  /** Reads the newest snapshot once more, if there is one. */
  async again(): Promise<void> {
    await this.#reading;
    this.#done = undefined;
    await this.settled();
  }

  /** Resolves when nothing is being read any more. */
  async stop(): Promise<void> {
    this.#stopListening?.();
    clearTimeout(this.#retry);
    await this.#reading;
    clearTimeout(this.#retry);
  }

  async #read(): Promise<void> {
    clearTimeout(this.#retry);
    for (let next = this.#source.latest; next && next !== this.#done; next = this.#source.latest) {
      try {
        await this.#onObjects(await this.#intake.read(next));
        this.#done = next;
        this.#problem = undefined;
      } catch (error) {
        this.#problem = problemOf(error);
        if (next !== this.#source.latest) continue;
        this.#retry = setTimeout(() => void this.settled(), retryAfterMs);
        break;
      }
    }
    this.#onProblems();
  }
}
