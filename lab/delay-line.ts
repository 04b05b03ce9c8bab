export interface DelayLineLimits {
  framesMax: number;
  bytesMax: number;
}

/** Frames on their way: each comes out `delayMs` after it went in, never sooner, and in order. */
export class DelayLine {
  /** Frames that found it full. */
  dropped = 0;
  readonly #delayMs: number;
  readonly #limits: DelayLineLimits;
  #frames: { frame: Uint8Array; dueMs: number }[] = [];
  /** How many at the front of `#frames` are gone already. */
  #head = 0;
  #bytes = 0;

  constructor(delayMs: number, limits: DelayLineLimits) {
    this.#delayMs = delayMs;
    this.#limits = limits;
  }

  /** Takes a frame, and keeps it as it is: the caller must not change it any more. Full, it is dropped and counted. */
  push(frame: Uint8Array, nowMs: number): void {
    const { framesMax, bytesMax } = this.#limits;
    if (this.#frames.length - this.#head >= framesMax || this.#bytes + frame.length > bytesMax) {
      this.dropped += 1;
      return;
    }
    this.#frames.push({ frame, dueMs: nowMs + this.#delayMs });
    this.#bytes += frame.length;
  }

  /** The next frame whose time has come. */
  shift(nowMs: number): Uint8Array | undefined {
    const first = this.#frames[this.#head];
    if (first === undefined || first.dueMs > nowMs) return undefined;
    this.#head += 1;
    this.#bytes -= first.frame.length;
    // Now and then, so that moving the rest up costs little a frame.
    if (this.#head > 1_024 && this.#head * 2 > this.#frames.length) {
      this.#frames = this.#frames.slice(this.#head);
      this.#head = 0;
    }
    return first.frame;
  }

  /** When the next frame comes out; infinity when there is none. */
  get dueMs(): number {
    return this.#frames[this.#head]?.dueMs ?? Number.POSITIVE_INFINITY;
  }
}
