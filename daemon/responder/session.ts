import type { Socket } from "node:net";
import { fail, isRetryable, problemOf, type SleeperSpec } from "../../schemas/mod.ts";
import type { Log } from "../engine.ts";
import { boundsFor, carryOut, replyOf } from "./answer.ts";
import type { ResponderBackend } from "./backend.ts";
import { ByteSource } from "./byte-source.ts";
import { identify, type Peer } from "./identity.ts";
import {
  type RequestHead,
  readRequest,
  replyStatus,
  type SubscriptionBounds,
  writeReply,
} from "./message.ts";

export interface SessionTimes {
  /** Between two requests. */
  idleMs: number;
  /** For a request to arrive whole. */
  requestMs: number;
  /** For a peer to read the last reply and go. */
  lingerMs: number;
}

export interface SessionOptions {
  socket: Socket;
  peer: Peer;
  backend: ResponderBackend;
  times: SessionTimes;
  /** Takes the room that a subscription under way needs; false when there is none. Called with what gives it back. */
  reserve(): (() => void) | undefined;
  log: Log;
}

/** One connection of a host: requests one after the other, until one is refused or the host has no more. */
export async function serveSession(options: SessionOptions): Promise<void> {
  const session = new Session(options);
  try {
    await session.run();
  } finally {
    session.end();
  }
}

class Session {
  readonly #options: SessionOptions;
  readonly #source: ByteSource;
  #deadline: NodeJS.Timeout | undefined;
  #release: (() => void) | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#source = new ByteSource(this.#received());
  }

  async run(): Promise<void> {
    const { socket, times } = this.#options;
    let goesOn = true;
    while (goesOn) {
      this.#cutOffAfter(times.idleMs);
      goesOn = await this.#serveOne();
    }
    this.#cutOffAfter(times.lingerMs);
    // What still comes is thrown away: closing with bytes unread would take the reply back from the peer.
    socket.end();
    while ((await this.#source.take(64 * 1024)).length > 0);
  }

  end(): void {
    clearTimeout(this.#deadline);
    this.#release?.();
    this.#options.socket.destroy();
  }

  /** False when the connection is to end. */
  async #serveOne(): Promise<boolean> {
    const { socket, backend, log, peer } = this.#options;
    let about: (RequestHead & { host: string }) | undefined;
    try {
      let sleeper: SleeperSpec | undefined;
      const request = await readRequest(this.#source, (head) => {
        sleeper = identify(peer, head.mac, backend);
        about = { ...head, host: sleeper.host };
        return this.#admit(head, sleeper);
      });
      if (!request || !sleeper) return false;
      // From here on it takes as long as it takes, which is bounded by the daemon's own deadlines.
      clearTimeout(this.#deadline);
      await carryOut(request, sleeper, backend);
      log.info({ ...about }, "host's request done");
      socket.write(writeReply({ status: replyStatus.done, reason: "" }));
      return true;
    } catch (error) {
      const found = problemOf(error);
      log.warn({ ...about, from: socket.remoteAddress, problem: found }, "host's request refused");
      socket.write(writeReply(replyOf(found, isRetryable(found))));
      return false;
    } finally {
      this.#release?.();
      this.#release = undefined;
    }
  }

  #admit(head: RequestHead, sleeper: SleeperSpec): SubscriptionBounds {
    const bounds = boundsFor(head, sleeper);
    if (head.kind === "add") {
      this.#release = this.#options.reserve() ?? fail("responder.busy", { reason: "others are subscribing" });
    }
    this.#cutOffAfter(this.#options.times.requestMs);
    return bounds;
  }

  async *#received(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of this.#options.socket) yield piece as Uint8Array;
    } catch {
      // A connection that breaks ends what it brought; there is nobody left to tell.
    }
  }

  #cutOffAfter(ms: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#options.socket.destroy(), ms);
  }
}
