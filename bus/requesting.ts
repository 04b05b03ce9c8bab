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

/**
 * Calls `send`; resolves with the first answer it passes on, rejects on a refusal, the deadline or the signal. What `send`
 * returns is called when nothing more is waited for.
 */
export function firstAnswer(
  subject: string,
  options: RequestOptions,
  send: (answer: (answer: Answer | { kind: "error"; error: Error }) => void) => (() => void) | void,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let forget: (() => void) | void;
    const settle = (): void => {
      forget?.();
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", aborted);
    };
    const fail = (error: Error): void => {
      settle();
      reject(error);
    };
    const refuse = (reason: string): void => fail(unavailable(reason));
    const aborted = (): void => refuse(`the request on ${subject} was given up`);
    const timer = setTimeout(
      () => refuse(`no answer on ${subject} within ${options.timeoutMs} ms`),
      options.timeoutMs,
    );
    if (options.signal?.aborted) return aborted();
    options.signal?.addEventListener("abort", aborted);
    forget = send((answer) => {
      if (answer.kind === "failed") return refuse(answer.reason);
      if (answer.kind === "error") return fail(answer.error);
      settle();
      resolve(answer.payload);
    });
  });
}
