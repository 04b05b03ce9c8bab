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
    const now = this.#clock();
    const account = this.#accounts.get(party) ?? { left: this.#burst, atMs: now };
    const left = Math.min(this.#burst, account.left + ((now - account.atMs) / 1000) * this.#perSecond);
    const granted = amount <= left;
    this.#accounts.set(party, { left: granted ? left - amount : left, atMs: now });
    return granted;
  }
}
