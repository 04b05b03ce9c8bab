import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import {
  type Digest,
  type EngineName,
  type HostId,
  type Problem,
  problem,
  problemOf,
} from "../../schemas/mod.ts";
import type { Log } from "../engine.ts";
import { closeWake, openWake, reclaim, ringWake } from "../linux/mod.ts";
import type { FromWorker, Request, Sight, ToWorker, WorkerStart } from "./messages.ts";
import { SharedState } from "./shared.ts";
import { Watchdog } from "./watchdog.ts";

/** Installing may compile a module of many megabytes; a loop that has not answered by then never will. */
const replyDeadlineMs = 15_000;
const readyDeadlineMs = 15_000;
/** Of JavaScript in the worker; the memory of WASM guests is bounded by their own limits. */
const heapMebibytesMax = 1024;

export interface WorkerThreadOptions {
  engine: EngineName;
  script: URL;
  data: unknown;
  log: Log;
  secret(name: string): Promise<Uint8Array>;
  artifact(digest: Digest): Promise<Uint8Array>;
  /** Units have changed for a reason other than a request. */
  changed(sights: Sight[]): void;
  powered(host: HostId, state: "asleep" | "awake"): void;
}

export type RequestOutcome =
  | { kind: "done"; answer: string; sights: Sight[] }
  | { kind: "refused"; problem: Problem; sights: Sight[] }
  | { kind: "ended"; end: ThreadEnd };

/** Why a worker's thread is no more, and which installation's guest it was in. */
export interface ThreadEnd {
  problem: Problem;
  /** Set when a guest is to blame. */
  ordinal?: number;
}

/** One life of an engine's worker thread, from its start to its end, for whatever reason; never started twice. */
export class WorkerThread {
  /** Resolves when the thread is gone and what it held is given back. */
  readonly ended: Promise<ThreadEnd>;
  readonly #options: WorkerThreadOptions;
  readonly #shared = new SharedState();
  readonly #wakeFd = openWake();
  readonly #control: MessagePort;
  readonly #worker: Worker;
  readonly #watchdog: Watchdog;
  readonly #waiting = new Map<number, (outcome: RequestOutcome) => void>();
  readonly #ready: Promise<void>;
  #becomeReady: () => void = () => undefined;
  #requests = 0;
  #end: ThreadEnd | undefined;

  constructor(options: WorkerThreadOptions) {
    this.#options = options;
    const { port1, port2 } = new MessageChannel();
    this.#control = port1;
    const start: WorkerStart = {
      control: port2,
      shared: this.#shared.buffer,
      wakeFd: this.#wakeFd,
      data: options.data,
    };
    this.#worker = new Worker(options.script, {
      workerData: start,
      transferList: [port2],
      resourceLimits: { maxOldGenerationSizeMb: heapMebibytesMax },
    });
    this.#ready = new Promise((resolve) => {
      this.#becomeReady = resolve;
    });
    this.#control.on("message", (message: FromWorker) => this.#hear(message));
    this.#watchdog = new Watchdog(this.#shared, (guest, ranMs) => {
      const reason = `its guest ran for ${Math.round(ranMs)} ms; its limit is ${guest.limitMs} ms`;
      this.#fault({ problem: this.#crashed(reason), ordinal: guest.ordinal });
    });
    this.ended = this.#awaitEnd();
  }

  /** Resolves when the loop runs; with how it ended instead, when it does not come up. */
  async ready(): Promise<ThreadEnd | undefined> {
    const late = setTimeout(() => {
      this.#fault({
        problem: problem("engine.stalled", {
          engine: this.#options.engine,
          verb: "start",
          afterMs: readyDeadlineMs,
        }),
      });
    }, readyDeadlineMs);
    const end = await Promise.race([this.#ready, this.ended]);
    clearTimeout(late);
    return end ?? undefined;
  }

  async request(request: Request): Promise<RequestOutcome> {
    if (this.#end) return { kind: "ended", end: await this.ended };
    const id = ++this.#requests;
    const replied = new Promise<RequestOutcome>((resolve) => this.#waiting.set(id, resolve));
    this.#send({ kind: "request", id, request });
    const late = setTimeout(() => {
      const { engine } = this.#options;
      this.#fault({
        problem: problem("engine.stalled", { engine, verb: request.verb, afterMs: replyDeadlineMs }),
      });
    }, replyDeadlineMs);
    const outcome = await Promise.race([replied, this.ended]);
    clearTimeout(late);
    this.#waiting.delete(id);
    return "kind" in outcome ? outcome : { kind: "ended", end: outcome };
  }

  /** Asks the engine to take everything off, then ends the thread. */
  async stop(): Promise<void> {
    await this.request({ verb: "stop" });
    this.#fault({ problem: this.#crashed("it was stopped") });
    await this.ended;
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case "ready":
        this.#becomeReady();
        return;
      case "failed":
        this.#fault({ problem: this.#lastWords(message.problem) });
        return;
      case "reply":
        this.#waiting.get(message.id)?.(outcomeOf(message));
        return;
      case "changed":
        this.#options.changed(message.sights);
        return;
      case "powered":
        this.#options.powered(message.host, message.state);
        return;
      case "secret":
        void this.#answerSecret(this.#options.secret(message.name));
        return;
      case "artifact":
        void this.#answerSecret(this.#options.artifact(message.digest));
        return;
      case "log":
        this.#options.log[message.level](message.fields, message.text);
        return;
    }
  }

  async #answerSecret(asked: Promise<Uint8Array>): Promise<void> {
    const answer = await asked.then(
      (content) => ({ content }),
      (error: unknown) => ({ problem: problemOf(error) }),
    );
    if (this.#end) return;
    this.#control.postMessage({ kind: "secret", answer } satisfies ToWorker);
    this.#shared.announceSecret();
  }

  #send(message: ToWorker): void {
    this.#control.postMessage(message);
    this.#shared.announceControl();
    ringWake(this.#wakeFd);
  }

  /** Ends the thread for a reason; the first reason stands. */
  #fault(end: ThreadEnd): void {
    if (this.#end) return;
    this.#end = end;
    void this.#worker.terminate();
    // A thread that waits in poll(2) is only ended when that returns.
    ringWake(this.#wakeFd);
  }

  async #awaitEnd(): Promise<ThreadEnd> {
    let thrown: unknown;
    this.#worker.on("error", (error) => {
      thrown = error;
    });
    const code = await new Promise<number>((resolve) => this.#worker.once("exit", resolve));
    this.#watchdog.stop();
    // Its last words may still be on their way, and they tell more than its exit code.
    for (let last = receiveMessageOnPort(this.#control); last; last = receiveMessageOnPort(this.#control)) {
      this.#hear(last.message as FromWorker);
    }
    // A thread that ran out of memory inside a guest has that guest to blame.
    const ordinal = this.#shared.guest()?.ordinal;
    const reason = thrown instanceof Error ? (thrown.stack ?? thrown.message) : `exit code ${code}`;
    this.#end ??= { problem: this.#crashed(reason), ...(ordinal === undefined ? {} : { ordinal }) };
    this.#control.close();
    reclaim(this.#shared.holdings());
    closeWake(this.#wakeFd);
    return this.#end;
  }

  #lastWords(found: Problem): Problem {
    return found.code === "internal" ? this.#crashed(String(found.data.error)) : found;
  }

  #crashed(reason: string): Problem {
    return problem("engine.crashed", { engine: this.#options.engine, reason });
  }
}

function outcomeOf({ problem: found, answer, sights }: FromWorker & { kind: "reply" }): RequestOutcome {
  return found ? { kind: "refused", problem: found, sights } : { kind: "done", answer, sights };
}
