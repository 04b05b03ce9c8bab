import { formatProblem, problemOf } from "../../schemas/mod.ts";

/** Runs what a command does; a problem is printed, and the exit code is 2 then: it could not run. */
export async function exitCodeOf(act: () => Promise<number>): Promise<number> {
  try {
    return await act();
  } catch (error) {
    process.stderr.write(`netloom: ${formatProblem(problemOf(error))}\n`);
    return 2;
  }
}
