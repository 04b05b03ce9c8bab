import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { until } from "./until.ts";

/** A program that runs on one of the LAN's machines until it is stopped. */
export interface Running {
  /** What it has printed so far, on standard output and on standard error. */
  readonly output: string;
  readonly errors: string;
  say(text: string): void;
  stop(): Promise<void>;
}

const all = new Set<Running>();

/** Stops what still runs: what a test that failed left behind would keep the process. */
export async function stopRunning(): Promise<void> {
  await Promise.all([...all].map((one) => one.stop()));
}

/** Starts a program in a network namespace. */
export function runIn(namespace: string, program: string, ...words: string[]): Running {
  const child = spawn("ip", ["netns", "exec", namespace, program, ...words]);
  const closed = new Promise<void>((done) => child.once("close", () => done()));
  const printed = collect(child);
  const made: Running = {
    get output() {
      return printed.output;
    },
    get errors() {
      return printed.errors;
    },
    say: (text) => void child.stdin.write(text),
    stop: () => {
      all.delete(made);
      child.kill("SIGTERM");
      return closed;
    },
  };
  all.add(made);
  return made;
}

/** As `runIn`; resolves when it has printed `words` that say that it is ready. */
export async function runUntilReady(ready: string, namespace: string, ...words: [string, ...string[]]) {
  const made = runIn(namespace, ...words);
  await until(`${words[0]} says "${ready}"`, () => `${made.output}${made.errors}`.includes(ready));
  return made;
}

function collect(child: ChildProcessWithoutNullStreams): { output: string; errors: string } {
  const printed = { output: "", errors: "" };
  child.stdout.on("data", (chunk) => {
    printed.output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    printed.errors += chunk;
  });
  return printed;
}
