import type { WriteStream } from "node:tty";
import type { Lab, LabEvent } from "../../lab/mod.ts";
import type { HostId } from "../../schemas/mod.ts";
import { describeEvent } from "./describe-event.ts";
import { tableText } from "./table-text.ts";

/** The picture changes at most this often. */
const paintEveryMs = 100;
const eventsKeptMax = 50;
const clear = "\x1b[H\x1b[2J";

/** Shows a lab as a table that changes in place: for a terminal. */
export class LabTable {
  readonly #output: WriteStream;
  readonly #events: string[] = [];
  #lab: Lab | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stop: (() => void) | undefined;

  constructor(output: WriteStream) {
    this.#output = output;
  }

  started(lab: Lab): void {
    this.#lab = lab;
    this.#stop = lab.reconciler.watch(() => this.#later());
    this.#output.on("resize", () => this.#later());
    this.#later();
  }

  event(event: LabEvent): void {
    this.#say(describeEvent(event));
  }

  settled(): void {
    this.#say("converged");
  }

  ending(): void {
    this.#say("ending");
    this.#paint();
    this.#stop?.();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#output.write("the lab has ended\n");
  }

  #say(text: string): void {
    this.#events.push(`${new Date().toLocaleTimeString("en-GB")}  ${text}`);
    this.#events.splice(0, this.#events.length - eventsKeptMax);
    // Before there is a table, as a problem at the start is, it is a line.
    if (this.#lab === undefined) this.#output.write(`${text}\n`);
    this.#later();
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.#paint(), paintEveryMs);
  }

  #paint(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lab === undefined) return;
    // A terminal that was never told its size says zero.
    const size = { columns: this.#output.columns || 80, rows: this.#output.rows || 24 };
    const lines = tableText(pictureOf(this.#lab, this.#events), size);
    this.#output.write(`${clear}${lines.join("\n")}\n`);
  }
}

function pictureOf(lab: Lab, events: readonly string[]) {
  const { reconciler, members, sleepers } = lab;
  const power = new Map<HostId, "asleep" | "awake">();
  for (const { id } of members) {
    const state = sleepers.stateOf(id);
    if (state !== undefined) power.set(id, state);
  }
  return {
    title: `netloom lab  ${members.length} hosts, ${lab.daemons.size} daemons`,
    source: reconciler.sourceStatus,
    objects: [...reconciler.board.list()].sort((a, b) => (a.object < b.object ? -1 : 1)),
    power,
    events,
    hint: "Ctrl-C ends it. From another terminal: netloom lab exec HOST -- COMMAND, lab sleep HOST, lab capture HOST",
  };
}
