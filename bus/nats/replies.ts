import { randomBytes } from "node:crypto";
import type { Msg } from "nats";
import type { Answer } from "../intake.ts";
import { type BusIdentity, identityTokens, replyPrefix } from "../subjects.ts";
import type { NatsLink } from "./nats-link.ts";

/** Set on a message that says that there will be no answer, and why. */
export const failedHeader = "Netloom-Failed";
const nobodyListens = 503;
const reasonCharactersMax = 200;

/**
 * Waits for the answers to this bus's requests. The subject of an answer names who gives it and who gets it, so that the
 * server's permissions keep everybody from answering for another and from listening in; and it ends in a secret, so that
 * none of those who may answer can answer what they were not asked. (The `nats` client's own inboxes do not suffice: whoever is
 * asked once can foresee the inbox of the next request.)
 */
export class Replies {
  readonly #link: NatsLink;
  readonly #asker: string;
  readonly #id = secret();
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  #listens = false;

  constructor(link: NatsLink, identity: BusIdentity) {
    this.#link = link;
    this.#asker = identityTokens(identity);
  }

  /** Sends the request. Returns how not to wait for its answer any more. */
  ask(subject: string, payload: Uint8Array, answer: (answer: Answer) => void): () => void {
    this.#listen();
    const reply = `${replyPrefix(subject)}${this.#asker}.${this.#id}.${secret()}`;
    this.#waiting.set(reply, answer);
    this.#link.publish(subject, payload, { reply });
    return () => this.#waiting.delete(reply);
  }

  #listen(): void {
    if (this.#listens) return;
    this.#listens = true;
    this.#link.subscribe(`netloom.reply.*.*.${this.#asker}.${this.#id}.*`, (message) => {
      this.#waiting.get(message.subject)?.(answerOf(message));
    });
  }
}

function answerOf(message: Msg): Answer {
  const failed = message.headers?.get(failedHeader);
  if (failed) return { kind: "failed", reason: printable(failed) };
  if (message.headers?.code === nobodyListens) return { kind: "failed", reason: "nobody listens" };
  return { kind: "reply", payload: message.data };
}

/** A peer's words, for a message of ours. */
function printable(text: string): string {
  return text.slice(0, reasonCharactersMax).replace(/[^\x20-\x7e]/g, "?");
}

function secret(): string {
  return randomBytes(12).toString("base64url");
}
