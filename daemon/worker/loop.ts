import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { fail, ProblemError, problemOf, type UnitId } from "../../schemas/mod.ts";
import type { LoadedUnit } from "../engine.ts";
import { PollSet, quietWake, threadId } from "../linux/mod.ts";
import type { EngineLoop, LoopContext } from "./engine-loop.ts";
import { LogLimiter } from "./log-limiter.ts";
import type { FromWorker, Request, Sight, ToWorker, WorkerStart } from "./messages.ts";
import { SharedState } from "./shared.ts";

/** The loop lets Node breathe (garbage, compiled code, timers) at least this often. */
const breatheEveryMs = 200;
/** Whoever ends the process, or the thread above this one, waits for the wait to end: nobody rings then. */
const pollMsMax = 250;
const controlMessagesPerTurnMax = 64;
const secretTimeoutMs = 5_000;
/** Changes of units are told to the main thread at most this often. */
const tellChangesEveryMs = 20;

/**
 * Runs an engine's loop in this worker until it is told to stop: the whole content of an engine's worker script. What
 * `make` or a turn throws ends the worker; the main thread learns the problem and starts another.
 */
export function runEngineLoop(make: (context: LoopContext) => EngineLoop): void {
  const start = workerData as WorkerStart;
  const fail = (error: unknown): void => {
    start.control.postMessage({ kind: "failed", problem: problemOf(error) } satisfies FromWorker);
    process.exit(1);
  };
  try {
    new LoopRunner(start, make).run().catch(fail);
  } catch (error) {
    fail(error);
  }
}

class LoopRunner {
  readonly #shared: SharedState;
  readonly #control: MessagePort;
  readonly #wakeFd: number;
  readonly #loop: EngineLoop;
  readonly #ordinals = new Map<UnitId, number>();
  readonly #changed = new Set<UnitId>();
  readonly #backlog: ToWorker[] = [];
  readonly #log: LogLimiter;
  #installing: { id: UnitId; ordinal: number } | undefined;
  #polled: PollSet | undefined;
  #toldAtMs = 0;
  #stopping = false;

  constructor(start: WorkerStart, make: (context: LoopContext) => EngineLoop) {
    this.#shared = new SharedState(start.shared);
    this.#control = start.control;
    this.#wakeFd = start.wakeFd;
    this.#log = new LogLimiter((line) => this.#tell(line));
    this.#shared.thread = threadId();
    this.#loop = make(this.#context(start.data));
    this.#tell({ kind: "ready" });
  }

  async run(): Promise<void> {
    while (!this.#stopping) {
      const breatheAtMs = performance.now() + breatheEveryMs;
      do this.#round();
      while (!this.#stopping && performance.now() < breatheAtMs);
      await new Promise((resume) => setImmediate(resume));
    }
    this.#control.close();
  }

  #round(): void {
    if (this.#shared.takeControl()) this.#handleControl();
    if (this.#stopping) return;
    const nowMs = performance.now();
    let waitMs = this.#loop.turn(nowMs);
    waitMs = Math.min(waitMs, this.#tellChanges(nowMs));
    if (waitMs <= 0) return;
    this.#polled ??= new PollSet([this.#wakeFd, ...this.#loop.descriptors()]);
    // Rounded up: a timer that is due in half a millisecond must not become a busy loop.
    this.#polled.wait(Math.ceil(Math.min(waitMs, pollMsMax)));
    if (this.#polled.isReady(0)) quietWake(this.#wakeFd);
  }

  #handleControl(): void {
    for (let handled = 0; handled < controlMessagesPerTurnMax; handled++) {
      const message = this.#backlog.shift() ?? this.#receive();
      if (message === undefined) return;
      if (message.kind === "request") this.#handleRequest(message.id, message.request);
    }
    this.#shared.announceControl();
  }

  #receive(): ToWorker | undefined {
    return receiveMessageOnPort(this.#control)?.message as ToWorker | undefined;
  }

  #handleRequest(id: number, request: Request): void {
    try {
      const answer = this.#perform(request);
      const sights = request.verb === "observe" ? this.#sightsOfAll() : this.#sightsAfter(request);
      this.#tell({ kind: "reply", id, answer, sights });
    } catch (error) {
      // What is no problem of the world is a defect: report it and carry on, for the verb was to change nothing.
      if (!(error instanceof ProblemError))
        this.#log.log.error({ verb: request.verb, error: String(error) }, "engine defect");
      this.#tell({
        kind: "reply",
        id,
        problem: problemOf(error),
        answer: "",
        sights: this.#sightsAfter(request),
      });
    }
    this.#polled = undefined;
  }

  /** Returns the answer to a challenge, and nothing for all else. */
  #perform(request: Request): string {
    const loop = this.#loop;
    switch (request.verb) {
      case "install":
        this.#install(request.loaded, request.ordinal);
        if (request.seen) loop.resume?.(request.seen);
        return "";
      case "setState":
        loop.setState(request.unit, request.state);
        return "";
      case "setPriority":
        loop.setPriority(request.unit, request.priority);
        return "";
      case "revoke":
        loop.revoke(request.unit);
        this.#ordinals.delete(request.unit);
        return "";
      case "challenge":
        return loop.challenge?.(request.unit, request.nonce) ?? "";
      case "power":
        loop.power?.(request.host, request.state);
        return "";
      case "observe":
        return "";
      case "stop":
        loop.stop();
        this.#stopping = true;
        return "";
    }
  }

  #install(loaded: LoadedUnit, ordinal: number): void {
    const { id } = loaded.unit;
    this.#installing = { id, ordinal };
    try {
      this.#loop.install(loaded);
      this.#ordinals.set(id, ordinal);
    } finally {
      this.#installing = undefined;
    }
  }

  #sightsAfter(request: Request): Sight[] {
    const id =
      request.verb === "install" ? request.loaded.unit.id : "unit" in request ? request.unit : undefined;
    return id === undefined ? [] : [this.#sight(id)];
  }

  #sightsOfAll(): Sight[] {
    return [...this.#ordinals.keys()].map((id) => this.#sight(id));
  }

  #sight(id: UnitId): Sight {
    const seen = this.#loop.observe(id);
    return seen ? { id, seen } : { id };
  }

  /** Returns in how many milliseconds changes that are held back want to be told. */
  #tellChanges(nowMs: number): number {
    if (this.#changed.size === 0) return Number.POSITIVE_INFINITY;
    const dueMs = this.#toldAtMs + tellChangesEveryMs - nowMs;
    if (dueMs > 0) return dueMs;
    this.#toldAtMs = nowMs;
    this.#tell({ kind: "changed", sights: [...this.#changed].map((id) => this.#sight(id)) });
    this.#changed.clear();
    return Number.POSITIVE_INFINITY;
  }

  #tell(message: FromWorker): void {
    this.#control.postMessage(message);
  }

  #context(data: unknown): LoopContext {
    return {
      data,
      log: this.#log.log,
      gate: (id, limitMs) => {
        const ordinal = this.#installing?.id === id ? this.#installing.ordinal : this.#ordinals.get(id);
        if (ordinal === undefined) throw new Error(`a gate was asked for ${id}, which is not installed`);
        return this.#shared.gate(ordinal, limitMs);
      },
      hold: (holding) => this.#shared.hold(holding),
      release: (holding) => this.#shared.release(holding),
      secret: (name) =>
        this.#ask({ kind: "secret", name }) ??
        fail("secret.missing", { name, reason: `it could not be read within ${secretTimeoutMs} ms` }),
      artifact: (digest) => this.#ask({ kind: "artifact", digest }) ?? fail("artifact.missing", { digest }),
      powered: (host, state) => this.#tell({ kind: "powered", host, state }),
      changed: (id) => {
        if (id !== undefined) this.#changed.add(id);
        this.#polled = undefined;
      },
    };
  }

  /** Blocks; undefined when there was no answer in time. */
  #ask(question: FromWorker & { kind: "secret" | "artifact" }): Uint8Array | undefined {
    this.#tell(question);
    if (!this.#shared.awaitSecret(secretTimeoutMs)) return undefined;
    for (let message = this.#receive(); message !== undefined; message = this.#receive()) {
      if (message.kind === "secret") {
        if ("problem" in message.answer) throw new ProblemError(message.answer.problem);
        return message.answer.content;
      }
      // Requests that came in the meantime are handled in their turn.
      this.#backlog.push(message);
      this.#shared.announceControl();
    }
    throw new Error("a secret was announced and not sent");
  }
}
