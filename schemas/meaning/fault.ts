import type { FieldPath } from "../parse/field-path.ts";
import type { Problem } from "../problem.ts";

/** Something wrong with one object, at one of its fields; `check-meaning.ts` adds object and position. */
export interface Fault {
  path: FieldPath;
  problem: Problem;
}

export function fault(path: FieldPath, problem: Problem): Fault {
  return { path, problem };
}
