import {
  connect,
  Events,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type Subscription as NatsSubscription,
  type PublishOptions,
} from "nats";
import { fail, type Problem, ProblemError, problem } from "../../schemas/mod.ts";
import type { BusState, Subscription } from "../bus.ts";
import { gateProblems } from "../problem-gate.ts";
import { unavailable } from "../requesting.ts";
import { Backlog } from "./backlog.ts";
import { natsProblem } from "./nats-errors.ts";
import { connectionOptions, inboxPrefix, type NatsBusOptions, reconnectAfterMs } from "./nats-options.ts";
import { pause } from "./pause.ts";

/** Of what was published, how much may be on its way to the server; further messages are dropped. */
const outgoingBytesMax = 64 * 1024 * 1024;
const drainMaxMs = 5_000;

/**
 * One connection that comes back for ever, and what holds for all that goes over it: nothing is buffered while it is down,
 * whoever waits when it goes down is told at once, and what is under way is bounded.
 */
export class NatsLink {
  readonly connection: NatsConnection;
  /** Where answers to us arrive. */
  readonly inboxPrefix: string;
  readonly onProblem: (problem: Problem) => void;
  state: BusState = "connected";
  readonly #listeners = new Set<(state: BusState) => void>();
  /** Who is to be told when the connection is lost, and about which subject each waits. */
  readonly #waiting = new Map<(error: Error) => void, string>();
  /** Who waits for the connection to come back, or to be closed. */
  readonly #absent = new Set<() => void>();
  readonly #backlog: Backlog;
  #closed = false;

  private constructor(connection: NatsConnection, options: NatsBusOptions) {
    this.connection = connection;
    this.inboxPrefix = inboxPrefix(options.identity);
    this.onProblem = gateProblems(options.onProblem ?? (() => undefined));
    this.#backlog = new Backlog({ bytesMax: outgoingBytesMax, flush: () => connection.flush() });
    void this.#follow();
    void connection.closed().then((error) => this.#ended(error));
  }

  /** Tries until it succeeds or the signal aborts; rejects with `bus.refused` when the server will not have us. */
  static async open(options: NatsBusOptions): Promise<NatsLink> {
    const natsOptions = connectionOptions(options);
    let told = "";
    for (;;) {
      try {
        return new NatsLink(await connect(natsOptions), options);
      } catch (error) {
        const known = natsProblem(error, { subject: String(options.servers), bytes: 0, bytesMax: 0 });
        if ((known as ProblemError).problem.code === "bus.refused") throw known;
        if (options.signal?.aborted) throw known;
        if (known.message !== told) options.onProblem?.((known as ProblemError).problem);
        told = known.message;
        await pause(reconnectAfterMs(), options.signal);
      }
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  get payloadBytesMax(): number {
    return this.connection.info?.max_payload ?? 1024 * 1024;
  }

  onState(listener: (state: BusState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when connected; rejects when closed. */
  async connected(): Promise<void> {
    if (this.state === "connected") return;
    if (this.#closed) throw unavailable("the bus was closed");
    await new Promise<void>((resolve) => this.#absent.add(resolve));
    return this.connected();
  }

  publish(subject: string, payload: Uint8Array, options: { reply?: string; headers?: MsgHdrs } = {}): void {
    this.assertFits(subject, payload);
    if (this.state === "disconnected") return;
    if (this.#backlog.isFull) {
      const reason = `${outgoingBytesMax} bytes wait to be sent; messages are dropped`;
      this.onProblem(problem("bus.unavailable", { reason }));
      return;
    }
    this.connection.publish(subject, payload, options as PublishOptions);
    this.#backlog.add(payload.byteLength);
  }

  /** A subscription that was refused is tried again after each reconnection: permissions may have been mended. */
  subscribe(subject: string, take: (message: Msg) => void, queue?: string): Subscription {
    let current: NatsSubscription | undefined;
    const begin = (): void => {
      current = this.connection.subscribe(subject, {
        ...(queue !== undefined && { queue }),
        callback: (error, message) => {
          // What was refused is told by the connection's status.
          if (error) current = undefined;
          else take(message);
        },
      });
    };
    if (this.#closed) return { unsubscribe: () => undefined };
    begin();
    const stopListening = this.onState((state) => {
      if (state === "connected" && !current) begin();
    });
    return {
      unsubscribe: () => {
        stopListening();
        current?.unsubscribe();
        current = undefined;
      },
    };
  }

  /** Rejects what cannot be sent now, or ever. */
  assertReady(subject: string, payload: Uint8Array): void {
    if (this.state === "disconnected") {
      throw unavailable(this.#closed ? "the bus was closed" : "it is not connected");
    }
    this.assertFits(subject, payload);
  }

  /** Tells, until that is called off, when the connection is lost or the server refuses what was sent to `subject`. */
  onLoss(subject: string, lost: (error: Error) => void): () => void {
    this.#waiting.set(lost, subject);
    return () => this.#waiting.delete(lost);
  }

  /** Runs one exchange with the server; fails at once when the connection is or goes down. */
  async exchange<T>(subject: string, payload: Uint8Array, run: () => Promise<T>): Promise<T> {
    this.assertReady(subject, payload);
    return new Promise((resolve, reject) => {
      const stopHearing = this.onLoss(subject, reject);
      run()
        .then(resolve, (error) => reject(this.explain(error, subject, payload)))
        .finally(stopHearing);
    });
  }

  explain(error: unknown, subject: string, payload: Uint8Array): Error {
    return natsProblem(error, { subject, bytes: payload.byteLength, bytesMax: this.payloadBytesMax });
  }

  assertFits(subject: string, payload: Uint8Array): void {
    const bytesMax = this.payloadBytesMax;
    if (payload.byteLength > bytesMax) {
      fail("bus.payload-too-large", { subject, bytes: payload.byteLength, bytesMax });
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.state === "connected") {
      // Draining waits for the server, which may have gone silent.
      const late = new AbortController();
      await Promise.race([this.connection.drain(), pause(drainMaxMs, late.signal)]).catch((error) =>
        this.onProblem(
          problem("bus.unavailable", { reason: `draining failed (${(error as Error).message})` }),
        ),
      );
      late.abort();
    }
    await this.connection.close();
    this.#become("disconnected");
    this.#endAbsence();
  }

  /** The client comes back for ever, by its options; should it give up all the same, that has to be known. */
  #ended(error: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#become("disconnected");
    this.#endAbsence();
    const reason = `the connection was given up (${error instanceof Error ? error.message : "no reason"})`;
    this.onProblem(problem("bus.unavailable", { reason }));
  }

  #endAbsence(): void {
    for (const resolve of this.#absent) resolve();
    this.#absent.clear();
  }

  async #follow(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === Events.Disconnect) this.#become("disconnected");
      else if (status.type === Events.Reconnect && !this.#closed) this.#become("connected");
      else if (status.type === Events.Error) this.#report(status.data, status.permissionContext);
    }
  }

  #report(code: unknown, context?: { operation: string; subject: string }): void {
    if (context) {
      const refused = problem("bus.refused", {
        reason: `${context.operation} of ${context.subject} is not permitted`,
      });
      this.onProblem(refused);
      for (const [lost, subject] of [...this.#waiting]) {
        if (context.operation === "publish" && subject === context.subject) lost(new ProblemError(refused));
      }
    } else this.onProblem(problem("bus.unavailable", { reason: `the server says ${String(code)}` }));
  }

  #become(state: BusState): void {
    if (this.state === state) return;
    this.state = state;
    this.#backlog.clear();
    if (state === "disconnected") {
      for (const lost of [...this.#waiting.keys()]) lost(unavailable("the connection was lost"));
    } else this.#endAbsence();
    for (const listener of [...this.#listeners]) listener(state);
  }
}
