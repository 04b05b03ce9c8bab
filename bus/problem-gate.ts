import { type Problem, type ProblemCode, problem } from "../schemas/mod.ts";
import { RateLimit } from "./rate-limit.ts";

/** Of one code, at once and lasting. */
const burst = 20;
const perSecond = 1;

/**
 * Passes problems on, but not without end: a hostile peer can cause as many as it sends messages, and must not fill a log.
 * Those left out are counted, and the number is told with the next one of their code that passes.
 */
export function gateProblems(
  pass: (problem: Problem) => void,
  options: { clock?: () => number } = {},
): (problem: Problem) => void {
  const limit = new RateLimit({ burst, perSecond, ...options });
  const leftOut = new Map<ProblemCode, number>();
  return (found) => {
    const before = leftOut.get(found.code) ?? 0;
    if (!limit.spend(found.code, 1)) {
      leftOut.set(found.code, before + 1);
      return;
    }
    leftOut.delete(found.code);
    if (before > 0) pass(problem("bus.problems-left-out", { code: found.code, count: before }));
    pass(found);
  };
}
