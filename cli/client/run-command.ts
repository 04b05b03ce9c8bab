import { formatProblem, ProblemError } from "../../schemas/mod.ts";

/** Exit status of a command that could not do its work at all. */
export const couldNotRun = 2;

/** Runs what a command does and makes what it returns the exit status; a problem is told in one line. */
export async function runCommand(action: () => Promise<number>): Promise<void> {
  // A reader that has seen enough (`| head`) is no fault.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  try {
    process.exitCode = await action();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    process.stderr.write(`netloom: ${formatProblem(error.problem)}\n`);
    process.exitCode = couldNotRun;
  }
}

/** Aborted when the user has had enough. */
export function untilInterrupted(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

/** What a command does whose controller stopped telling it what changes: returns the exit status. */
export function ended(): number {
  process.stderr.write("netloom: the controller has stopped\n");
  return couldNotRun;
}
