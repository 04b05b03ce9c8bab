/** The clocks and the timer an elector goes by. */
export interface Timing {
  /** Never jumps; may stand still while the machine sleeps. */
  monotonicMs(): number;
  /** May jump; goes on while the machine sleeps. */
  wallMs(): number;
  /** Calls `run` once after that long; returns how to prevent it. */
  after(ms: number, run: () => void): () => void;
}

export const realTiming: Timing = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
