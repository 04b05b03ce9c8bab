import type { PrivateStack } from "../linux/mod.ts";
import { type Conversations, isOpening, keyOfAnswer, keyOfPacket } from "./conversations.ts";
import type { Headers } from "./headers.ts";
import type { Link } from "./link.ts";
import { sendPacket } from "./outgoing.ts";
import type { Rule } from "./rule.ts";
import type { Sleeper } from "./sleeper.ts";

const packetsPerTurnMax = 512;
const emitTurnsMax = 4;

/** Carries segments of TCP between the links where peers are and the stack that speaks with them. */
export class Segments {
  readonly #stack: PrivateStack;
  readonly #conversations: Conversations;

  constructor(stack: PrivateStack, conversations: Conversations) {
    this.#stack = stack;
    this.#conversations = conversations;
  }

  /** Takes a segment for a rule's address and port. Those of connections that the proxy has not seen begin are not its own. */
  hear(rule: Rule, link: Link, headers: Headers, bytes: Uint8Array): void {
    const key = keyOfPacket(bytes, headers);
    let conversation = this.#conversations.get(key);
    if (isOpening(bytes, headers)) {
      // The peer asks again, and by then it is the host that answers.
      const { spec, power } = rule.sleeper as Sleeper;
      if (spec.takeover && power.kind === "waking") return;
      conversation = this.#conversations.begin(key, rule, link);
    }
    if (conversation?.rule !== rule) return;
    conversation.link = link;
    const { ring } = link;
    conversation.peerMac.set(ring.bytes.subarray(ring.start + 6, ring.start + 12));
    this.#stack.receive(bytes.subarray(headers.networkAt, headers.end));
  }

  /** Takes a segment of a connection between a peer and a host that is awake; false when it is none of ours. */
  hearSpliced(link: Link, headers: Headers, bytes: Uint8Array): boolean {
    const conversation = this.#conversations.get(keyOfPacket(bytes, headers));
    if (!conversation?.spliced) return false;
    conversation.link = link;
    this.#stack.receive(bytes.subarray(headers.networkAt, headers.end));
    return true;
  }

  /**
   * Sends what the stack has to send to where its peers are, a turn's worth, and answers how many packets that was; what is
   * for nobody known is lost, as on a wire.
   */
  emit(): number {
    let count = 0;
    for (; count < packetsPerTurnMax; count += 1) {
      const packet = this.#stack.next();
      if (!packet) break;
      const key = keyOfAnswer(packet);
      const conversation = key === undefined ? undefined : this.#conversations.get(key);
      if (conversation) sendPacket(packet, conversation.link, conversation.peerMac);
    }
    return count;
  }

  /** Before those are forgotten to whom it goes; the stack's device holds a few hundred packets. */
  emitAll(): void {
    for (let turns = 0; turns < emitTurnsMax && this.emit() === packetsPerTurnMax; turns += 1);
  }
}
