import { type ChildProcess, spawn } from "node:child_process";
import type { Member } from "./fleet.ts";

const limits = {
  /** A command that ends is started again after this long, twice as long each time up to the maximum. */
  restartFirstMs: 500,
  restartMaxMs: 30_000,
  /** One that ran this long counts as having worked. */
  workedMs: 10_000,
  /** How long commands have to end by themselves. */
  endMs: 2_000,
  /** How much of a command's last output is told when it ends. */
  outputCharactersMax: 2_000,
} as const;

export interface CommandEnd {
  command: readonly string[];
  /** "exit code 1", "SIGSEGV", "spawn … ENOENT". */
  how: string;
  /** The last that it wrote. */
  output: string;
}

/** Keeps the commands of one host running in its network namespace; they stand still while it sleeps. */
export class HostProcesses {
  readonly #member: Pick<Member, "netns" | "run">;
  readonly #onEnd: (end: CommandEnd) => void;
  readonly #children = new Set<ChildProcess>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #frozen = false;
  #closed = false;

  constructor(member: Pick<Member, "netns" | "run">, onEnd: (end: CommandEnd) => void) {
    this.#member = member;
    this.#onEnd = onEnd;
  }

  start(): void {
    for (const command of this.#member.run) this.#run(command, limits.restartFirstMs);
  }

  freeze(): void {
    this.#frozen = true;
    this.#signal("SIGSTOP");
  }

  thaw(): void {
    this.#frozen = false;
    this.#signal("SIGCONT");
  }

  /** Ends them, by force after a while. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    const ended = [...this.#children].map((child) => new Promise((done) => child.once("close", done)));
    this.thaw();
    this.#signal("SIGTERM");
    const force = setTimeout(() => this.#signal("SIGKILL"), limits.endMs);
    await Promise.all(ended);
    clearTimeout(force);
  }

  #run(command: readonly string[], againMs: number): void {
    const started = performance.now();
    // A group of its own, so that what it starts is stopped and ended with it.
    const child = spawn("nsenter", [`--net=/run/netns/${this.#member.netns}`, "--", ...command], {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.#children.add(child);
    let output = "";
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString("utf8")).slice(-limits.outputCharactersMax);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    if (this.#frozen) signalGroup(child, "SIGSTOP");
    const end = (how: string): void => {
      if (!this.#children.delete(child) || this.#closed) return;
      this.#onEnd({ command, how, output });
      const worked = performance.now() - started > limits.workedMs;
      this.#again(command, worked ? limits.restartFirstMs : Math.min(againMs * 2, limits.restartMaxMs));
    };
    child.on("error", (error) => end(error.message));
    child.on("close", (code, signal) => end(signal ?? `exit code ${code}`));
  }

  #again(command: readonly string[], afterMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#run(command, afterMs);
    }, afterMs);
    this.#timers.add(timer);
  }

  #signal(signal: NodeJS.Signals): void {
    for (const child of this.#children) signalGroup(child, signal);
  }
}

/** To the child and all it started; one that has ended meanwhile has no group any more. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
