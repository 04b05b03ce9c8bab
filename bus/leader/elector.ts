import { type Problem, problemOf } from "../../schemas/mod.ts";
import { unavailable } from "../requesting.ts";
import { decide, type Knowledge, noteRead } from "./election.ts";
import type { Lease, LeaseStore } from "./lease.ts";
import { realTiming, type Timing } from "./timing.ts";

export interface ElectorOptions {
  store: LeaseStore;
  /** New for each start of a candidate, so that none takes another's lease for its own. */
  id: string;
  /** 6 s by default. A leader that dies is followed after about as long. */
  durationMs?: number;
  onProblem?: (problem: Problem) => void;
  timing?: Timing;
}

const defaultDurationMs = 6_000;
/** Parts of the lease's duration. A leader stops being one this much earlier than others may take its lease. */
const shares = { margin: 0.2, renewEvery: 0.15, lookEvery: 0.08, callMax: 0.25 } as const;
/** How far above the clock's a term may be that a daemon claims to have seen. */
const termAheadMaxSeconds = 24 * 60 * 60;
/** How often such claims are followed. */
const claimEveryMs = 60_000;

/**
 * A candidate for the lead. `term` is defined while it leads, and only then may it act, under that term.
 *
 * Never do two candidates lead at once, by their own clocks, as long as these run at rates that differ by less than a
 * tenth: a leader counts its lease from before it asked for its renewal, and to four fifths; others count all of it, from
 * after they saw it. When the bus is lost, so is the lead, before anybody can take it. Should a clock fail worse than
 * that, daemons still refuse the older of two terms.
 */
export class Elector {
  readonly #store: LeaseStore;
  readonly #id: string;
  readonly #durationMs: number;
  readonly #onProblem: (problem: Problem) => void;
  readonly #timing: Timing;
  readonly #listeners = new Set<() => void>();
  #known: Knowledge = { seen: undefined, termMin: 0 };
  #lead: { term: number; untilMonotonicMs: number; untilWallMs: number } | undefined;
  #cancelEnd: () => void = () => undefined;
  #cancelStep: () => void = () => undefined;
  #stepping: Promise<void> = Promise.resolve();
  #isUnsure = false;
  #lastClaimMs = Number.NEGATIVE_INFINITY;
  #stopped = false;

  private constructor(options: ElectorOptions) {
    this.#store = options.store;
    this.#id = options.id;
    this.#durationMs = options.durationMs ?? defaultDurationMs;
    this.#onProblem = options.onProblem ?? (() => undefined);
    this.#timing = options.timing ?? realTiming;
  }

  /** Stands as a candidate until stopped. */
  static start(options: ElectorOptions): Elector {
    const elector = new Elector(options);
    elector.#stepIn(0);
    return elector;
  }

  /** The fencing number to act under; undefined while another leads, or none. Looks at the clock each time. */
  get term(): number | undefined {
    if (!this.#lead) return undefined;
    const { term, untilMonotonicMs, untilWallMs } = this.#lead;
    const isOver = this.#timing.monotonicMs() >= untilMonotonicMs || this.#timing.wallMs() >= untilWallMs;
    return isOver ? undefined : term;
  }

  /** Calls `listener` after each change of `term`. Returns the way to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * A daemon says that it has seen this term, which is newer than ours: lead on under a newer one. What no controller can
   * have used is not believed, and a daemon that goes on claiming is heard once a minute.
   */
  overtaken(term: number): void {
    const nowMs = this.#timing.monotonicMs();
    const isPlausible = term <= this.#timing.wallMs() / 1000 + termAheadMaxSeconds;
    if (!isPlausible || nowMs - this.#lastClaimMs < claimEveryMs) return;
    this.#lastClaimMs = nowMs;
    this.#known = { ...this.#known, termMin: Math.max(this.#known.termMin, term + 1) };
    this.#stepIn(0);
  }

  /** Gives the lead up, so that another can take it at once, and stands no more. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelStep();
    await this.#stepping;
    const held = this.#known.seen?.stored;
    this.#become(undefined);
    if (held?.lease.holder !== this.#id) return;
    const free: Lease = { ...held.lease, holder: "" };
    // When it cannot be said, the lease runs out by itself.
    await this.#bounded(this.#store.write(free, held.version)).catch((error) =>
      this.#onProblem(problemOf(error)),
    );
  }

  #stepIn(ms: number): void {
    this.#cancelStep();
    if (this.#stopped) return;
    this.#cancelStep = this.#timing.after(ms, () => {
      this.#stepping = this.#stepping.then(() => this.#step());
    });
  }

  async #step(): Promise<void> {
    let pauseMs = this.#durationMs * shares.lookEvery;
    try {
      if (await this.#move()) pauseMs = this.#durationMs * shares.renewEvery;
    } catch (error) {
      // A write that failed may have been carried out: read before anything else is decided.
      this.#isUnsure = true;
      this.#onProblem(problemOf(error));
    }
    // Candidates that look in step would collide in step.
    this.#stepIn(pauseMs * (0.75 + Math.random() / 2));
  }

  /** Reads, decides, writes. Resolves to whether the lease is ours. */
  async #move(): Promise<boolean> {
    const isHolding = this.#known.seen?.stored?.lease.holder === this.#id;
    if (!isHolding || this.#isUnsure) {
      const stored = await this.#bounded(this.#store.read());
      this.#known = noteRead(this.#known, stored, this.#timing.monotonicMs());
      this.#isUnsure = false;
    }
    const now = { monotonicMs: this.#timing.monotonicMs(), wallMs: this.#timing.wallMs() };
    const move = decide({ id: this.#id, durationMs: this.#durationMs }, this.#known, now);
    if (move.kind !== "write" || this.#stopped) return false;
    const version = await this.#bounded(this.#store.write(move.lease, move.version));
    if (version === undefined) {
      this.#become(undefined);
      this.#isUnsure = true;
      return false;
    }
    this.#known = {
      ...this.#known,
      seen: { stored: { lease: move.lease, version }, sinceMs: now.monotonicMs },
    };
    const validMs = this.#durationMs * (1 - shares.margin);
    this.#become({
      term: move.lease.term,
      untilMonotonicMs: now.monotonicMs + validMs,
      untilWallMs: now.wallMs + validMs,
    });
    return true;
  }

  #become(lead: { term: number; untilMonotonicMs: number; untilWallMs: number } | undefined): void {
    const before = this.#lead?.term;
    this.#lead = lead;
    this.#cancelEnd();
    if (lead) {
      const leftMs = Math.max(0, lead.untilMonotonicMs - this.#timing.monotonicMs());
      this.#cancelEnd = this.#timing.after(leftMs, () => this.#become(undefined));
    }
    if (before !== lead?.term) for (const listener of [...this.#listeners]) listener();
  }

  /** A call that takes longer is as good as failed: its outcome is not known. */
  #bounded<T>(call: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const afterMs = this.#durationMs * shares.callMax;
      const cancel = this.#timing.after(afterMs, () =>
        reject(unavailable(`no answer about the lease within ${afterMs} ms`)),
      );
      call.then(resolve, reject).finally(cancel);
    });
  }
}
