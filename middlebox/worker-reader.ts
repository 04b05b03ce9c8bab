import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type MessageReader, problem, type Reading, type ReadQuestion } from "../schemas/mod.ts";

/** Questions that wait for their turn. */
const waitingMax = 64;
const startMsMax = 15_000;
/** Beyond the module's own limit for each message: for the module to be compiled. */
const compileMs = 2_000;
const runMsMax = 10_000;

/** Runs modules in a thread of its own, which is ended when a guest of it overruns, and started again for the next. */
export class WorkerReader implements MessageReader {
  #worker: Worker | undefined;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** One question after the other. */
  read(question: ReadQuestion): Promise<Reading> {
    if (this.#waiting >= waitingMax) {
      return Promise.resolve({ kind: "failed", problem: problem("inverse.crowded", { waitingMax }) });
    }
    this.#waiting += 1;
    const reading = this.#last.then(() => this.#ask(question));
    this.#last = reading.finally(() => {
      this.#waiting -= 1;
    });
    return reading;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#worker?.terminate();
  }

  async #ask(question: ReadQuestion): Promise<Reading> {
    try {
      const worker = this.#worker ?? (await this.#start());
      return await runIn(worker, question);
    } catch (error) {
      void this.#worker?.terminate();
      this.#worker = undefined;
      const reason = (error as Error).message;
      return { kind: "failed", problem: problem("inverse.failed", { unit: question.unit, reason }) };
    }
  }

  async #start(): Promise<Worker> {
    const worker = new Worker(new URL("./worker.js", import.meta.url));
    this.#worker = worker;
    worker.once("exit", () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    // Whoever waits for an answer hears of it; at any other time there is nothing to be told.
    worker.on("error", () => undefined);
    // Its first word: it has loaded all that it needs.
    await once(worker, "message", { signal: AbortSignal.timeout(startMsMax) });
    worker.unref();
    return worker;
  }
}

/** Rejects when the thread cannot go on. */
async function runIn(worker: Worker, question: ReadQuestion): Promise<Reading> {
  const limitMs = compileMs + Math.min(runMsMax, question.limits.timeMs * question.messages.length);
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      worker.off("message", answered).off("error", failed).off("exit", exited);
    };
    const answered = (reading: Reading): void => {
      end();
      resolve(reading);
    };
    const failed = (error: Error): void => {
      end();
      reject(error);
    };
    const exited = (code: number): void => failed(new Error(`its thread ended with ${code}`));
    const timer = setTimeout(() => failed(new Error(`its module runs for more than ${limitMs} ms`)), limitMs);
    worker.on("message", answered).on("error", failed).on("exit", exited);
    worker.postMessage(question);
  });
}
