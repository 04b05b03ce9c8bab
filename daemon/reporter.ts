import { type Bus, codecs, type HostReport, subjects } from "../bus/mod.ts";
import { type HostId, type Problem, ProblemError, problemOf } from "../schemas/mod.ts";
import type { Log } from "./engine.ts";

/** Changes within this time go into one report. */
const coalesceMs = 50;
const sendTimeoutMs = 5_000;
const retryMs = { first: 200, most: 5_000 } as const;

export interface ReporterOptions {
  host: HostId;
  bus: Bus;
  log: Log;
  make(sequence: number): HostReport;
}

/**
 * Sends reports: soon after a change, one at a time, again until one was taken. A report shows what there is when it is
 * sent, so one that could not be sent is replaced by a newer one.
 */
export class Reporter {
  readonly #options: ReporterOptions;
  #sequence = 0;
  #changed = false;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #retryMs: number = retryMs.first;
  #stopped = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** Of the newest report that was made. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Of the first report that shows what there is now: the next, when something changed since the newest. */
  get sequenceOfNow(): number {
    return this.#changed ? this.#sequence + 1 : this.#sequence;
  }

  /** What a report shows has changed. */
  changed(): void {
    this.#changed = true;
    this.#schedule(coalesceMs);
  }

  /** Whoever may have lost what it knew of us is told anew, at once: the bus is back. */
  again(): void {
    this.#changed = true;
    this.#retryMs = retryMs.first;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#schedule(0);
  }

  /** Sends one last report, without trying again, and no other after it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sending;
    await this.#send();
  }

  #schedule(afterMs: number): void {
    if (this.#timer || this.#sending || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#sending = this.#send().then((sent) => {
        this.#sending = undefined;
        if (this.#changed) this.#schedule(sent ? coalesceMs : this.#backoff());
      });
    }, afterMs);
  }

  /** True when the report was taken, or never can be. */
  async #send(): Promise<boolean> {
    const { host, bus, log, make } = this.#options;
    const report = make(this.#sequence + 1);
    this.#sequence = report.sequence;
    this.#changed = false;
    try {
      const payload = codecs.hostReport.encode(report);
      const subject = subjects.report(host);
      const answer = await bus.request(subject, payload, { timeoutMs: sendTimeoutMs });
      const reply = codecs.reportReply.decode(answer, subject);
      if (reply.kind === "nack") throw new ProblemError(reply.problem);
      this.#retryMs = retryMs.first;
      return true;
    } catch (error) {
      this.#changed = true;
      this.#note(log, problemOf(error), report.sequence);
      return false;
    }
  }

  #note(log: Log, found: Problem, sequence: number): void {
    // A controller that is not there yet is no news; anything else about a report is.
    const level = found.code === "bus.unavailable" ? "debug" : "warn";
    log[level]({ sequence, problem: found }, "report not taken");
  }

  #backoff(): number {
    const waitMs = this.#retryMs;
    this.#retryMs = Math.min(waitMs * 2, retryMs.most);
    // A fleet that lost its controller must not come back in step.
    return waitMs * (0.5 + Math.random() / 2);
  }
}
