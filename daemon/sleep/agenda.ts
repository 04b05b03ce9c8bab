import type { Rule } from "./rule.ts";
import type { Sleeper } from "./sleeper.ts";
import type { DelayedAnswer } from "./speaker.ts";
import { type Timer, Timers } from "./timers.ts";

const timersMax = 200_000;
const delayedAnswersMax = 4_096;
const delayedBytesMax = 8 << 20;

/** What is to be done at a time. */
export type Due =
  /** Call the rule's `on_timer`. */
  | { kind: "interval"; rule: Rule }
  | { kind: "answer"; answer: DelayedAnswer }
  /** Claim the host's addresses again. */
  | { kind: "announce"; sleeper: Sleeper }
  /** Send so many magic packets more. */
  | { kind: "magic"; sleeper: Sleeper; left: number }
  /** The host was called and should be awake by now. */
  | { kind: "deadline"; sleeper: Sleeper }
  /** See whether interfaces have come or gone. */
  | { kind: "look" };

/** What the engine has to do later. */
export class Agenda {
  readonly #timers = new Timers<Due>(timersMax);
  #answers = 0;
  #answerBytes = 0;

  get nextMs(): number {
    return this.#timers.nextMs;
  }

  add(dueMs: number, due: Due): Timer<Due> | undefined {
    return this.#timers.add(dueMs, due);
  }

  remove(timer: Timer<Due>): void {
    this.#timers.remove(timer);
  }

  /** False when too many answers, or too much of them, are waiting already. */
  delay(dueMs: number, answer: DelayedAnswer): boolean {
    const bytes = this.#answerBytes + answer.content.length;
    if (this.#answers >= delayedAnswersMax || bytes > delayedBytesMax) return false;
    if (!this.#timers.add(dueMs, { kind: "answer", answer })) return false;
    this.#answers += 1;
    this.#answerBytes = bytes;
    answer.rule.waiting += 1;
    return true;
  }

  /** Takes the first out, when it is due. */
  take(nowMs: number): Due | undefined {
    const due = this.#timers.takeDue(nowMs);
    if (due?.kind === "answer") {
      this.#answers -= 1;
      this.#answerBytes -= due.answer.content.length;
      due.answer.rule.waiting -= 1;
    }
    return due;
  }
}
