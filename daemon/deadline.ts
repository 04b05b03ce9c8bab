import { type ProblemArguments, type ProblemCode, ProblemError, problem } from "../schemas/mod.ts";

/** The work's result; rejects with the problem when it takes longer. The work itself is not stopped by that. */
export async function within<T, C extends ProblemCode>(
  work: Promise<T>,
  deadlineMs: number,
  late: { code: C; data: ProblemArguments<C> },
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ProblemError(problem(late.code, late.data))), deadlineMs);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
