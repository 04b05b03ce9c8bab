import { type ProblemArguments, type ProblemCode, problems } from "./problems.ts";

/** Where in a file a problem was found: 1-based line and column, as editors count them. */
export interface Position {
  file: string;
  line: number;
  column: number;
}

/**
 * One thing that is wrong: what was tried, on what, what is, what should be. The code comes from a closed list
 * (`problems.ts`), the message is rendered from the code and its data, and nothing but the code decides what follows.
 */
export interface Problem {
  code: ProblemCode;
  message: string;
  data: Record<string, unknown>;
  position?: Position;
  /** The object at fault, as "Kind/namespace/name". */
  object?: string;
  /** The field at fault, as a path from the object's root: "spec.hosts.matchLabels". */
  field?: string;
  /** What to do instead, where it can be told: "did you mean …". */
  suggestion?: string;
}

export interface ProblemPlace {
  position?: Position | undefined;
  object?: string | undefined;
  field?: string | undefined;
  suggestion?: string | undefined;
}

/** Makes a problem of the closed list; its data are checked against the code by the compiler. */
export function problem<C extends ProblemCode>(
  code: C,
  data: ProblemArguments<C>,
  place: ProblemPlace = {},
): Problem {
  const render = problems[code].text as (data: ProblemArguments<C>) => string;
  const made: Problem = { code, message: render(data), data: data as Record<string, unknown> };
  if (place.position) made.position = place.position;
  if (place.object) made.object = place.object;
  if (place.field) made.field = place.field;
  if (place.suggestion) made.suggestion = place.suggestion;
  return made;
}

/** A problem on its way up the stack; whoever catches it reads `.problem`, never the text. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(found: Problem, options?: ErrorOptions) {
    super(found.message, options);
    this.name = "ProblemError";
    this.problem = found;
  }
}

/** Throws a problem of the closed list. */
export function fail<C extends ProblemCode>(
  code: C,
  data: ProblemArguments<C>,
  place: ProblemPlace & ErrorOptions = {},
): never {
  throw new ProblemError(problem(code, data, place), "cause" in place ? { cause: place.cause } : undefined);
}

/** The problem an error carries; any other error becomes `internal`, which is always a defect of ours. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return problem("internal", {
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}

/** Whether trying the same again later can help. */
export function isRetryable(found: Problem): boolean {
  return problems[found.code].retry;
}

/** One line for people: position, message, suggestion. */
export function formatProblem(found: Problem): string {
  const at = found.position ? `${found.position.file}:${found.position.line}:${found.position.column}: ` : "";
  const who = found.object ? `${found.object}: ` : "";
  const hint = found.suggestion ? ` (${found.suggestion})` : "";
  return `${at}${who}${found.message}${hint}`;
}
