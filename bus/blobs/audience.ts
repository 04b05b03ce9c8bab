/** How long a round waits for the audience of the one before. */
const patienceMs = 2_000;
/** Of so many, one may still be reading. */
const readersPerStraggler = 8;

/**
 * Those that a round of a blob was for and that have not said that they have it. What is published goes to all who listen, and so
 * also to those who have yet to read what was sent before: a round that does not wait for them has a busy fleet read everything
 * several times.
 */
export class Audience {
  readonly #left: Set<string>;
  readonly #stragglersMax: number;
  readonly #timer: NodeJS.Timeout;
  readonly #onOver: () => void;

  /** `onOver` is called once: when all but a few have it, or after two seconds. */
  constructor(members: ReadonlySet<string>, onOver: () => void) {
    this.#left = new Set(members);
    this.#stragglersMax = Math.floor(members.size / readersPerStraggler);
    this.#onOver = onOver;
    this.#timer = setTimeout(onOver, patienceMs);
  }

  noteHas(member: string): void {
    if (!this.#left.delete(member) || this.#left.size !== this.#stragglersMax) return;
    this.stop();
    this.#onOver();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
