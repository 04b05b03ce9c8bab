import { closeTcp, connectTcp, endTcp, readTcp, SystemCallError, socketError } from "../linux/mod.ts";
import type { StreamEnds } from "./connection.ts";
import type { Conversation } from "./conversations.ts";
import { Outbox } from "./outbox.ts";
import type { Watch } from "./watch.ts";

/** A host that has just woken may not listen yet: it is asked again this often, for this long. */
export const askTimes = { askEveryMs: 300, askForMs: 30_000 } as const;

export interface SpliceContext {
  watch: Watch;
  /** Room to read into, of one for all: nothing is kept in it. */
  buffer: Uint8Array;
  hold(fd: number): void;
  release(fd: number): void;
}

/** One end: a socket, what is to be written to it, and how far its two directions have come. */
interface End {
  fd: number;
  readonly outbox: Outbox;
  /** It sends no more. */
  ended: boolean;
  /** It has been told that nothing more comes. */
  told: boolean;
}

/**
 * A connection that the proxy accepted and the host, awake, answers: the proxy connects to the host from its own address
 * and carries bytes both ways, each way's end too, until both have ended. A way is read from only while nothing waits to
 * be written, so that no more than one buffer is kept for a side that does not read.
 */
export class Splice {
  readonly conversation: Conversation;
  readonly #context: SpliceContext;
  readonly #ends: StreamEnds;
  readonly #client: End;
  readonly #host: End;
  readonly #sinceMs: number;
  #askMs: number;
  #joined = false;
  /** "done" once both ways have ended, "broken" when one side was. */
  state: "open" | "done" | "broken" = "open";
  movedMs: number;

  /** @param first what was read from the client already and is the host's to answer */
  constructor(
    from: { fd: number; ends: StreamEnds; conversation: Conversation; first: Uint8Array },
    context: SpliceContext,
    nowMs: number,
  ) {
    this.conversation = from.conversation;
    this.#context = context;
    this.#ends = from.ends;
    this.#client = { fd: from.fd, outbox: new Outbox(), ended: false, told: false };
    this.#host = { fd: -1, outbox: new Outbox(), ended: false, told: false };
    this.#host.outbox.add(from.first);
    this.#sinceMs = nowMs;
    this.#askMs = nowMs;
    this.movedMs = nowMs;
  }

  /** To be called now and then: asks the host again that does not answer. */
  tick(nowMs: number): void {
    if (this.#joined || this.state !== "open") return;
    if (nowMs - this.#sinceMs >= askTimes.askForMs) this.state = "broken";
    else if (this.#host.fd < 0 && nowMs >= this.#askMs) this.#ask(nowMs);
  }

  close(): void {
    const how = this.state === "done" ? "orderly" : "reset";
    for (const { fd } of [this.#client, this.#host]) if (fd >= 0) this.#drop(fd, how);
  }

  /** Both ends as nftables writes them, for those who must leave its packets alone. */
  get ends(): StreamEnds {
    return this.#ends;
  }

  #ask(nowMs: number): void {
    this.#askMs = nowMs + askTimes.askEveryMs;
    try {
      this.#host.fd = connectTcp(this.#ends.own, this.#ends.ownPort);
    } catch (error) {
      // No route to it yet, or the like: it is asked again.
      if (!(error instanceof SystemCallError)) throw error;
      return;
    }
    this.#context.hold(this.#host.fd);
    const answered = () => this.#answered();
    this.#context.watch.set(this.#host.fd, answered, { read: false, write: true });
  }

  #answered(): void {
    if (socketError(this.#host.fd) !== 0) {
      this.#drop(this.#host.fd, "orderly");
      this.#host.fd = -1;
      return;
    }
    this.#joined = true;
    this.#context.watch.remove(this.#host.fd);
    this.#move(this.#client, this.#host, false);
  }

  /** Carries what `from` has to `to`, and what waits for either, then waits for what is missing. */
  #move(from: End, to: End, readable: boolean): void {
    if (this.state !== "open") return;
    if (readable && to.outbox.bytes === 0 && !from.ended && !this.#read(from, to)) {
      this.state = "broken";
      return;
    }
    for (const end of [this.#client, this.#host]) {
      const other = end === this.#client ? this.#host : this.#client;
      if (!end.outbox.flush(end.fd)) {
        this.state = "broken";
        return;
      }
      if (other.ended && !end.told && end.outbox.bytes === 0) {
        end.told = true;
        endTcp(end.fd);
      }
    }
    if (this.#client.told && this.#host.told) this.state = "done";
    else this.#wait();
  }

  #read(from: End, to: End): boolean {
    const moved = readTcp(from.fd, this.#context.buffer);
    if (moved === "later") return true;
    if (moved === "broken") return false;
    this.movedMs = performance.now();
    if (moved === 0) from.ended = true;
    else to.outbox.add(this.#context.buffer.slice(0, moved));
    return true;
  }

  #wait(): void {
    const pairs = [
      [this.#client, this.#host],
      [this.#host, this.#client],
    ] as const;
    for (const [end, other] of pairs) {
      const interest = { read: !end.ended && other.outbox.bytes === 0, write: end.outbox.bytes > 0 };
      const ready = (readable: boolean) => this.#move(end, other, readable);
      this.#context.watch.set(end.fd, ready, interest);
    }
  }

  #drop(fd: number, how: "orderly" | "reset"): void {
    this.#context.watch.remove(fd);
    this.#context.release(fd);
    closeTcp(fd, how);
  }
}
