import { ProblemError, problem } from "../schemas/mod.ts";
import type { RequestOptions } from "./bus.ts";
import type { Answer } from "./intake.ts";

/** The error of a call that got no answer. */
export function unavailable(reason: string, cause?: unknown): ProblemError {
  return new ProblemError(
    problem("bus.unavailable", { reason }),
    cause === undefined ? undefined : { cause },
  );
}

/** Calls `send`; resolves with the first answer it passes on, rejects on a refusal, the deadline or the signal. */
export function firstAnswer(
  subject: string,
  options: RequestOptions,
  send: (answer: (answer: Answer | { kind: "error"; error: Error }) => void) => void,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", aborted);
    };
    const refuse = (reason: string, error: Error = unavailable(reason)): void => {
      settle();
      reject(error);
    };
    const aborted = (): void => refuse(`the request on ${subject} was given up`);
    const timer = setTimeout(
      () => refuse(`no answer on ${subject} within ${options.timeoutMs} ms`),
      options.timeoutMs,
    );
    if (options.signal?.aborted) return aborted();
    options.signal?.addEventListener("abort", aborted);
    send((answer) => {
      if (answer.kind === "failed") return refuse(answer.reason);
      if (answer.kind === "error") return refuse(answer.error.message, answer.error);
      settle();
      resolve(answer.payload);
    });
  });
}
