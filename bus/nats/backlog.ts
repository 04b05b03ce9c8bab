/** Counts what is on its way to the server: what was sent since it last said that it has all. */
export class Backlog {
  readonly #bytesMax: number;
  readonly #flush: () => Promise<void>;
  #bytes = 0;

  /** `flush` resolves when the server has taken all that was sent before, and rejects when the connection is lost. */
  constructor(options: { bytesMax: number; flush: () => Promise<void> }) {
    this.#bytesMax = options.bytesMax;
    this.#flush = options.flush;
  }

  get isFull(): boolean {
    return this.#bytes > this.#bytesMax;
  }

  add(bytes: number): void {
    const isAsking = this.#bytes > 0;
    this.#bytes += bytes + 1;
    if (!isAsking) this.#ask();
  }

  /** The connection was lost, and with it all that was under way. */
  clear(): void {
    this.#bytes = 0;
  }

  #ask(): void {
    const sent = this.#bytes;
    const settled = (): void => {
      this.#bytes = Math.max(0, this.#bytes - sent);
      if (this.#bytes > 0) this.#ask();
    };
    this.#flush().then(settled, () => this.clear());
  }
}
