import type { IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { codecs, type InverseQuery, isHostId, subjects } from "../../bus/mod.ts";
import { ProblemError } from "../../schemas/mod.ts";

/** What a middlebox's host asks in the body of a request, as it would on the bus; or what is wrong with it. */
export async function readQuery(request: IncomingMessage, host: string): Promise<InverseQuery | string> {
  if (!isHostId(host)) return `"${host}" is no host`;
  // A body that is too long is hung up on, and one that was broken off has nobody who waits for an answer.
  const body = await buffer(request).catch(() => undefined);
  if (!body) return "the question is not whole";
  try {
    return codecs.inverseQuery.decode(body, subjects.inverse(host));
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.message;
    throw error;
  }
}
