import type { Log } from "../engine.ts";
import type { FromWorker } from "./messages.ts";

const logLinesPerSecondMax = 100;

/** Passes log lines on, so many a second; says how many it left out. */
export class LogLimiter {
  readonly log: Log;
  readonly #tell: (line: FromWorker) => void;
  #second = 0;
  #lines = 0;

  constructor(tell: (line: FromWorker) => void) {
    this.#tell = tell;
    this.log = {
      debug: (fields, text) => this.#pass("debug", fields, text),
      info: (fields, text) => this.#pass("info", fields, text),
      warn: (fields, text) => this.#pass("warn", fields, text),
      error: (fields, text) => this.#pass("error", fields, text),
    };
  }

  #pass(level: keyof Log, fields: Record<string, unknown>, text: string): void {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      const leftOut = this.#lines - logLinesPerSecondMax;
      if (leftOut > 0) {
        this.#tell({ kind: "log", level: "warn", fields: { leftOut }, text: "too many log lines" });
      }
      this.#second = second;
      this.#lines = 0;
    }
    if (++this.#lines <= logLinesPerSecondMax) this.#tell({ kind: "log", level, fields, text });
  }
}
