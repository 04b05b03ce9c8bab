import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { MessagePort } from "node:worker_threads";
import type { MemoryBus } from "../../bus/mod.ts";

/** What a controller does to the world outside: every one of these frames is a step at which it can be killed. */
const effects = new Set(["publish", "request", "put", "create", "update", "delete", "putBlob", "pruneBlobs"]);

interface Frame {
  kind: string;
  method?: string;
}

/** A controller in a process (`crash-controller.ts`), killed at a chosen step. */
export class KillableController {
  isDead = false;
  /** Steps taken since `killAfter` was called. */
  steps = 0;
  readonly #child: ChildProcess;
  readonly #toBus: MessagePort;
  #stepsMax = Number.POSITIVE_INFINITY;

  constructor(bus: MemoryBus, options: { location: string; folder: string; term: number }) {
    const { location, folder, term } = options;
    this.#toBus = bus.port();
    this.#child = fork(new URL("./crash-controller.js", import.meta.url), [location, folder, String(term)], {
      serialization: "advanced",
    });
    this.#toBus.on("message", (frame) => this.isDead || this.#child.send(frame));
    this.#child.on("exit", (code) => {
      if (!this.isDead) throw new Error(`the controller ended by itself with ${code}`);
    });
    this.#child.on("message", (frame) => this.#forward(frame as Frame));
  }

  /** From now on: takes this many steps, and dies when it is about to take another. */
  killAfter(steps: number): void {
    this.steps = 0;
    this.#stepsMax = steps;
  }

  /** Resolves when nothing of it runs any more. */
  async kill(): Promise<void> {
    this.isDead = true;
    this.#toBus.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  #forward(frame: Frame): void {
    if (this.isDead) return;
    const isStep = frame.kind === "return" || (frame.kind === "call" && effects.has(frame.method ?? ""));
    if (isStep && this.steps === this.#stepsMax) {
      void this.kill();
      return;
    }
    if (isStep) this.steps++;
    this.#toBus.postMessage(frame);
  }
}
