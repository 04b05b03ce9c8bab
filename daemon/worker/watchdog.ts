import { threadTimeMs } from "../linux/mod.ts";
import type { GuestSeen, SharedState } from "./shared.ts";

const idleLookEveryMs = 100;
const closeLookEveryMs = 10;
/** Beyond its limit a guest is let run this long: the kernel counts a thread's time by ticks. */
const graceMs = 20;
/** A guest may wait this long for a processor (or stop in a call of ours) before that too counts as an overrun. */
const strandedAfterMs = 10_000;

/** One look at the worker: the guest in it, and the clocks. */
export interface Look {
  guest: GuestSeen | undefined;
  wallMs: number;
  /** Processor time of the worker's thread, where the kernel tells it. */
  threadMs: number | undefined;
}

/**
 * How long the guest of `now` has been run since `first`, which saw the same call, and whether that is too long.
 * Processor time counts where it is known, so that a busy machine faults no innocent guest.
 */
export function overrunMs(first: Look, now: Look): number | undefined {
  if (!now.guest) return undefined;
  const wallMs = now.wallMs - first.wallMs;
  const ranMs =
    now.threadMs !== undefined && first.threadMs !== undefined ? now.threadMs - first.threadMs : wallMs;
  if (ranMs > now.guest.limitMs + graceMs) return ranMs;
  return wallMs > now.guest.limitMs + strandedAfterMs ? wallMs : undefined;
}

/** Whether two looks saw one and the same call of a guest. */
export function isSameCall(first: Look, now: Look): boolean {
  return (
    first.guest !== undefined &&
    first.guest.ordinal === now.guest?.ordinal &&
    first.guest.entered === now.guest.entered
  );
}

/**
 * Looks at a worker's shared memory now and then, and closely while the same guest stays inside; calls `overrun` once
 * when a guest has run longer than it may, and stops.
 */
export class Watchdog {
  readonly #shared: SharedState;
  readonly #overrun: (guest: GuestSeen, ranMs: number) => void;
  #first: Look | undefined;
  #timer: NodeJS.Timeout;

  constructor(shared: SharedState, overrun: (guest: GuestSeen, ranMs: number) => void) {
    this.#shared = shared;
    this.#overrun = overrun;
    this.#timer = setTimeout(() => this.#look(), idleLookEveryMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const guest = this.#shared.guest();
    if (!guest) {
      this.#lookAgain(undefined);
      return;
    }
    const now: Look = { guest, wallMs: performance.now(), threadMs: threadTimeMs(this.#shared.thread) };
    if (!this.#first || !isSameCall(this.#first, now)) {
      this.#lookAgain(now);
      return;
    }
    const ranMs = overrunMs(this.#first, now);
    if (ranMs === undefined) this.#lookAgain(this.#first);
    else this.#overrun(guest, ranMs);
  }

  #lookAgain(first: Look | undefined): void {
    this.#first = first;
    this.#timer = setTimeout(() => this.#look(), first ? closeLookEveryMs : idleLookEveryMs);
  }
}
