/** Work done one at a time, in the order it came; refuses when too much waits already. */
export class Turns {
  readonly waitingMax: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: { waitingMax: number }) {
    this.waitingMax = options.waitingMax;
  }

  get full(): boolean {
    return this.#waiting >= this.waitingMax;
  }

  /** The work's own result; the caller looks at `full` first, where the world decides how much comes. */
  take<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const done = this.#last.then(work).finally(() => {
      this.#waiting--;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Resolves when all that was taken is done. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
