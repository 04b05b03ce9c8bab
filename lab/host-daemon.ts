import { Worker } from "node:worker_threads";
import type { Log } from "../daemon/mod.ts";
import { ProblemError } from "../schemas/mod.ts";
import type { DaemonPlan, FromDaemon, ToDaemon } from "./daemon-worker.ts";

/** How long a daemon may take to stop by itself. */
const stopTimeoutMs = 5_000;
/** A daemon that ended though nobody asked is started again after this long, as a service manager would. */
const restartAfterMs = 1_000;

export interface HostDaemonOptions extends Omit<DaemonPlan, "bus"> {
  /** A way to the bus for each start of the daemon. */
  bus(): DaemonPlan["bus"];
  log: Log;
  /** It ended without being asked, and will be started again. */
  onCrash(error: Error): void;
}

/** The real daemon of one host, in a thread that is in the host's network namespace. */
export class HostDaemon {
  readonly #options: HostDaemonOptions;
  #worker: Worker | undefined;
  #restart: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: HostDaemonOptions) {
    this.#options = options;
  }

  /** Resolves when it has restored its units and listens; rejects with its problem. */
  async start(): Promise<void> {
    const { bus, log, onCrash, ...rest } = this.#options;
    const plan: DaemonPlan = { ...rest, bus: bus() };
    const worker = new Worker(new URL("./daemon-worker.js", import.meta.url), {
      workerData: plan,
      transferList: plan.bus.kind === "memory" ? [plan.bus.port] : [],
      name: `daemon ${rest.host}`,
    });
    this.#worker = worker;
    let failure: Error | undefined;
    worker.on("error", (error) => {
      failure = error;
    });
    worker.on("exit", () => this.#ended(worker, failure));
    await new Promise<void>((ready, failed) => {
      worker.on("message", (message: FromDaemon) => {
        if (message.kind === "log") log[message.level](message.fields, message.text);
        if (message.kind === "ready") ready();
        if (message.kind === "failed") failed(new ProblemError(message.problem));
      });
      worker.once("error", failed);
      worker.once("exit", () => failed(new Error(`the daemon of ${rest.host} ended before it was ready`)));
    });
  }

  /** Ends it as `kill -9` would: nothing is put back, and what is on disk is what there is. It is started again. */
  async kill(): Promise<void> {
    await this.#worker?.terminate();
  }

  /** Has it stop by itself, which leaves the host's network as it was. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === undefined) return;
    await new Promise<void>((done) => {
      const late = setTimeout(done, stopTimeoutMs);
      const finish = (): void => {
        clearTimeout(late);
        done();
      };
      worker.once("exit", finish);
      worker.on("message", ({ kind }: FromDaemon) => kind === "stopped" && finish());
      worker.postMessage({ kind: "stop" } satisfies ToDaemon);
    });
    await worker.terminate();
  }

  #ended(worker: Worker, failure: Error | undefined): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    if (this.#closed) return;
    this.#options.onCrash(failure ?? new Error(`the daemon of ${this.#options.host} ended`));
    this.#restart = setTimeout(() => {
      this.start().catch((error: Error) =>
        this.#options.log.error({ error: error.message }, "daemon not started again"),
      );
    }, restartAfterMs);
  }
}
