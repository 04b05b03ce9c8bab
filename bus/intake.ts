import { type Problem, ProblemError, problem, problemOf } from "../schemas/mod.ts";
import type { Message, MessageHandler } from "./bus.ts";

/** What becomes of a request at the side that answers it. */
export type Answer = { kind: "reply"; payload: Uint8Array } | { kind: "failed"; reason: string };

/** What the listener on a bucket's watch may not do is throw; when it does, that is reported and the watch goes on. */
export function guarded<T>(
  listener: (event: T) => void,
  onProblem: (problem: Problem) => void,
): (event: T) => void {
  return (event) => {
    try {
      listener(event);
    } catch (error) {
      onProblem(problemOf(error));
    }
  };
}

export interface IntakeOptions {
  handler: MessageHandler;
  /** How many messages may be in work at once; those beyond are dropped. */
  pendingMax: number;
  /** What cannot be told to the sender: drops (once per spell), and handlers that fail. */
  onProblem: (problem: Problem) => void;
}

/** Bounds what one subscription has in work. Handlers run at once, in the order messages come, and may overlap. */
export class Intake {
  readonly #options: IntakeOptions;
  #pending = 0;
  #overloaded = false;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  take(message: Message, answer?: (answer: Answer) => void): void {
    if (this.#pending >= this.#options.pendingMax) {
      this.#drop(message.subject, answer);
      return;
    }
    this.#pending++;
    void this.#work(message, answer);
  }

  async #work(message: Message, answer?: (answer: Answer) => void): Promise<void> {
    try {
      const payload = await this.#options.handler(message);
      if (payload !== undefined) answer?.({ kind: "reply", payload });
    } catch (error) {
      this.#options.onProblem(problemOf(error));
      // The problem may hold what the asker has no right to see; a code tells enough.
      const reason = error instanceof ProblemError ? error.problem.code : "internal";
      answer?.({ kind: "failed", reason: `the one asked failed (${reason})` });
    } finally {
      this.#pending--;
      if (this.#pending * 2 < this.#options.pendingMax) this.#overloaded = false;
    }
  }

  #drop(subject: string, answer?: (answer: Answer) => void): void {
    const { pendingMax, onProblem } = this.#options;
    if (!this.#overloaded) onProblem(problem("bus.overloaded", { subject, pendingMax }));
    this.#overloaded = true;
    answer?.({ kind: "failed", reason: "the one asked is overloaded" });
  }
}
