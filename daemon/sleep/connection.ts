import { closeTcp, endTcp } from "../linux/mod.ts";
import type { Conversation } from "./conversations.ts";
import { Outbox } from "./outbox.ts";
import type { Rule } from "./rule.ts";

export interface StreamEnds {
  /** 4 or 16 bytes each. */
  peer: Uint8Array;
  peerPort: number;
  own: Uint8Array;
  ownPort: number;
}

export type Stage =
  /** The rule speaks. */
  | { kind: "speaking" }
  /** The rule is through: what it said is sent, then the stream ended. */
  | { kind: "closing" }
  /** Ended from here; the peer may still be sending, which nobody reads. */
  | { kind: "ended"; sinceMs: number }
  /** The host is being woken, and is to read this first. Nothing is read meanwhile. */
  | { kind: "held"; first: Uint8Array; sinceMs: number };

export const connectionTimes = {
  /** Nothing moved, either way, for this long: it is broken off. */
  idleMs: 5 * 60_000,
  /** So does one that waits for a host which does not wake. */
  heldMs: 60_000,
  /** After the stream was ended from here the peer has this long to end it too. */
  endedMs: 5_000,
} as const;

/** One connection that the proxy accepted for a sleeping host, as long as a rule speaks on it. */
export class Connection {
  /** What the rule knows it by. */
  readonly number: number;
  readonly fd: number;
  readonly rule: Rule;
  readonly ends: StreamEnds;
  readonly conversation: Conversation;
  readonly outbox = new Outbox();
  stage: Stage = { kind: "speaking" };
  /** The peer sends no more. */
  peerEnded = false;
  /** The rule broke it off, or said more than is kept for a peer that does not read. */
  doomed = false;
  /** When something last moved. */
  movedMs: number;

  constructor(
    given: { number: number; fd: number; rule: Rule; ends: StreamEnds; conversation: Conversation },
    nowMs: number,
  ) {
    this.number = given.number;
    this.fd = given.fd;
    this.rule = given.rule;
    this.ends = given.ends;
    this.conversation = given.conversation;
    this.movedMs = nowMs;
  }

  /**
   * Sends what can be sent and ends the stream when it is time to. Answers "gone" when there is nothing left to do on it,
   * "broken" when the peer is.
   */
  advance(nowMs: number): "open" | "gone" | "broken" {
    const before = this.outbox.bytes;
    if (this.doomed || !this.outbox.flush(this.fd)) return "broken";
    if (this.outbox.bytes < before) this.movedMs = nowMs;
    if (this.stage.kind === "closing" && this.outbox.bytes === 0) {
      endTcp(this.fd);
      this.stage = { kind: "ended", sinceMs: nowMs };
    }
    return this.stage.kind === "ended" && this.peerEnded ? "gone" : "open";
  }

  /** How it is to end, when its time is up. */
  overdue(nowMs: number): "orderly" | "reset" | undefined {
    const { stage, movedMs } = this;
    if (stage.kind === "ended" && nowMs - stage.sinceMs >= connectionTimes.endedMs) return "orderly";
    if (stage.kind === "held" && nowMs - stage.sinceMs >= connectionTimes.heldMs) return "reset";
    return nowMs - movedMs >= connectionTimes.idleMs ? "reset" : undefined;
  }

  /** What to wait for: a peer that does not read is not read from. */
  get interest(): { read: boolean; write: boolean } {
    const listens = this.stage.kind === "speaking" || this.stage.kind === "ended";
    return { read: listens && !this.peerEnded && this.outbox.bytes === 0, write: this.outbox.bytes > 0 };
  }

  close(how: "orderly" | "reset"): void {
    closeTcp(this.fd, how);
  }
}

/** What `stream_open` is given (modules/stream-guest.ts says how it reads). */
export function encodeEnds({ peer, peerPort, own, ownPort }: StreamEnds): Uint8Array {
  const bytes = new Uint8Array(38);
  bytes[0] = peer.length === 4 ? 4 : 6;
  const view = new DataView(bytes.buffer);
  view.setUint16(2, peerPort);
  view.setUint16(4, ownPort);
  bytes.set(peer, 6);
  bytes.set(own, 22);
  return bytes;
}
