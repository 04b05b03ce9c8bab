/**
 * The kinds as JSON Schema (the one source of truth), the types generated from them, validation, units and problems.
 * Imports nothing of ours.
 */
export { canonicalJson, unitDigest } from "./digest.ts";
export {
  fail,
  formatProblem,
  isRetryable,
  type Position,
  type Problem,
  ProblemError,
  type ProblemPlace,
  problem,
  problemOf,
} from "./problem.ts";
export type { ProblemArguments, ProblemCode } from "./problems.ts";
export type * from "./repository.ts";
export * from "./unit.ts";
export * from "./units/sleep.ts";
