import type { Timing } from "../../../bus/leader/timing.ts";

interface Task {
  atMs: number;
  run: () => void;
}

/** A world whose time passes only when it is told to, so that minutes take milliseconds and runs repeat. */
export class VirtualTime {
  nowMs = 0;
  #tasks: Task[] = [];

  after(ms: number, run: () => void): () => void {
    const task = { atMs: this.nowMs + Math.max(0, ms), run };
    this.#tasks.push(task);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== task);
    };
  }

  /** Runs everything up to that time, in order; promises settle between; `check` is called after each step. */
  async runUntil(endMs: number, check: () => void): Promise<void> {
    for (;;) {
      await new Promise((settled) => setImmediate(settled));
      check();
      const next = this.#tasks.reduce<Task | undefined>(
        (first, task) => (first && first.atMs <= task.atMs ? first : task),
        undefined,
      );
      if (!next || next.atMs > endMs) break;
      this.nowMs = next.atMs;
      this.#tasks = this.#tasks.filter((task) => task !== next);
      next.run();
    }
    this.nowMs = endMs;
  }

  /** The clock of one candidate: it runs at its own rate, and its wall clock shows its own time. */
  clock(options: { rate: number; wallOffsetMs: number; stalledUntilMs: () => number }): Timing {
    const { rate, wallOffsetMs, stalledUntilMs } = options;
    return {
      monotonicMs: () => this.nowMs * rate,
      wallMs: () => this.nowMs * rate + wallOffsetMs,
      // A stalled process sees its timers late.
      after: (ms, run) => {
        let cancel = this.after(ms / rate, () => {
          const lateMs = stalledUntilMs() - this.nowMs;
          if (lateMs <= 0) run();
          else cancel = this.after(lateMs, run);
        });
        return () => cancel();
      },
    };
  }
}
