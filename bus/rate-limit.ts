const partiesMax = 100_000;

/** So much at once, and so much a second, for each of many parties; what one spends is not missing to another. */
export class RateLimit {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #clock: () => number;
  readonly #accounts = new Map<string, { left: number; atMs: number }>();

  constructor(options: { burst: number; perSecond: number; clock?: () => number }) {
    this.#burst = options.burst;
    this.#perSecond = options.perSecond;
    this.#clock = options.clock ?? (() => performance.now());
  }

  /** Whether the party may spend that much now; if so, it is spent. */
  spend(party: string, amount: number): boolean {
    const left = this.#left(party);
    if (amount > left) return false;
    this.#set(party, left - amount);
    return true;
  }

  /** Takes what turned out to be due only after the fact; the party may spend nothing until it is made up for. */
  owe(party: string, amount: number): void {
    this.#set(party, Math.max(this.#left(party) - amount, -this.#burst));
  }

  #left(party: string): number {
    const account = this.#accounts.get(party);
    if (!account) return this.#burst;
    const earned = ((this.#clock() - account.atMs) / 1000) * this.#perSecond;
    return Math.min(this.#burst, account.left + earned);
  }

  #set(party: string, left: number): void {
    // Where permissions tell parties apart there are never that many; where not, the one longest known starts afresh.
    const [oldest] = this.#accounts.keys();
    if (this.#accounts.size >= partiesMax && oldest !== undefined && !this.#accounts.has(party)) {
      this.#accounts.delete(oldest);
    }
    this.#accounts.set(party, { left, atMs: this.#clock() });
  }
}
