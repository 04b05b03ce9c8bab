/** What JetStream says of a message in the subject that acknowledges it. */
export interface Delivery {
  /** The message's place in the stream. */
  streamSequence: number;
  /** Its place among what this consumer was given: rises by one, or something was lost. */
  consumerSequence: number;
  /** When it was stored. */
  atMs: number;
  /** How many more there were when it was sent. */
  pending: number;
}

/**
 * Reads `$JS.ACK.<stream>.<consumer>.<attempt>.<stream sequence>.<consumer sequence>.<time>.<pending>`, or its longer form
 * with domain and account after `ACK` (NATS ADR-15). Undefined when it is neither.
 */
export function readDelivery(reply: string): Delivery | undefined {
  const tokens = reply.split(".");
  const shift = tokens.length === 9 ? 0 : 2;
  if (tokens.length < 9 || tokens.length === 10 || tokens[0] !== "$JS" || tokens[1] !== "ACK")
    return undefined;
  const [streamSequence, consumerSequence, atNs, pending] = tokens.slice(5 + shift, 9 + shift).map(Number);
  if (![streamSequence, consumerSequence, pending].every(Number.isSafeInteger)) return undefined;
  return { streamSequence, consumerSequence, atMs: Number(atNs) / 1e6, pending } as Delivery;
}
