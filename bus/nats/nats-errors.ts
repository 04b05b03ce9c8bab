import type { NatsError } from "nats";
import { ProblemError, problem } from "../../schemas/mod.ts";
import { unavailable } from "../requesting.ts";

/** Codes of JetStream's API that decide something here. */
export const jetStreamCodes = {
  streamNameInUse: 10058,
  streamNotFound: 10059,
  wrongLastSequence: 10071,
  messagesExceeded: 10077,
  noMessageFound: 10037,
} as const;

/** The JetStream API's own code of a failure, when it has one. */
export function jetStreamCode(error: unknown): number | undefined {
  return (error as Partial<NatsError>).api_error?.err_code;
}

/** Whether a JetStream call failed because the stream is not there (any more). */
export function isStreamMissing(error: unknown): boolean {
  return jetStreamCode(error) === jetStreamCodes.streamNotFound || natsCode(error) === "503";
}

function natsCode(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : undefined;
}

/** What an error of the `nats` client means to a caller who did `what`. */
export function natsProblem(
  error: unknown,
  what: { subject: string; bytes: number; bytesMax: number },
): Error {
  if (error instanceof ProblemError) return error;
  const { message } = error as Error;
  switch (natsCode(error)) {
    case "503":
      // Requests to peers go other ways (`replies.ts`); this is JetStream's silence.
      return unavailable(
        `JetStream does not answer about ${what.subject}; it has to be on at the server`,
        error,
      );
    case "TIMEOUT":
      return unavailable(`no answer on ${what.subject} in time`, error);
    case "MAX_PAYLOAD_EXCEEDED":
      return new ProblemError(problem("bus.payload-too-large", what), { cause: error });
    case "PERMISSIONS_VIOLATION":
    case "AUTHORIZATION_VIOLATION":
    case "403":
      return new ProblemError(problem("bus.refused", { reason: `${what.subject}: ${message}` }), {
        cause: error,
      });
    default:
      return unavailable(`${what.subject}: ${message}`, error);
  }
}
