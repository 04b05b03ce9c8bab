import type { ObjectStatus, SourceStatus } from "../../controller/mod.ts";
import type { Lab, LabEvent } from "../../lab/mod.ts";
import { describeEvent } from "./describe-event.ts";

/** How much of a commit's id, or of a directory's digest, is told. */
const revisionShown = 12;

/** Shows a lab as lines, each as something happens, with the seconds since the start: for pipes, logs and CI. */
export class LabLines {
  readonly #output: NodeJS.WritableStream;
  readonly #startedMs = performance.now();
  readonly #shown = new Map<string, string>();
  #revision: string | undefined;
  #stop: (() => void) | undefined;

  constructor(output: NodeJS.WritableStream) {
    this.#output = output;
  }

  started(lab: Lab): void {
    this.#line(`lab of ${lab.location}: ${lab.members.length} hosts, ${lab.daemons.size} daemons`);
    const { reconciler } = lab;
    const look = (): void => {
      const { revision } = reconciler.sourceStatus;
      if (revision !== undefined && revision !== this.#revision) {
        this.#line(`revision ${revision.slice(0, revisionShown)}`);
      }
      this.#revision = revision;
      this.#source(reconciler.sourceStatus);
      for (const status of reconciler.board.list()) this.#object(status);
    };
    this.#stop = reconciler.watch(look);
    look();
  }

  event(event: LabEvent): void {
    this.#line(describeEvent(event));
  }

  settled(): void {
    this.#line("converged");
  }

  ending(): void {
    this.#stop?.();
    this.#line("ending");
  }

  close(): void {
    this.#line("ended");
  }

  #source({ conditions }: SourceStatus): void {
    const ready = conditions.find(({ type }) => type === "Ready");
    this.#change(
      "source",
      ready?.status === "True" ? "source ready" : `source not ready: ${ready?.message ?? ""}`,
    );
  }

  #object({ object, conditions }: ObjectStatus): void {
    const ready = conditions.find(({ type }) => type === "Ready");
    const state = ready?.status === "True" ? "ready" : "not ready";
    this.#change(object, `${object} ${state}: ${ready?.message ?? "not judged yet"}`);
  }

  #change(what: string, text: string): void {
    if (this.#shown.get(what) !== text) this.#line(text);
    this.#shown.set(what, text);
  }

  #line(text: string): void {
    const seconds = ((performance.now() - this.#startedMs) / 1000).toFixed(2).padStart(7);
    this.#output.write(`${seconds} s  ${text}\n`);
  }
}
