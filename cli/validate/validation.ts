import type { Problem } from "../../schemas/mod.ts";

/** What `netloom validate` found, for the formatters. */
export interface Validation {
  /** Each object and the file it is in; also those with problems, as far as they can be told apart. */
  objects: { ref: string; file: string }[];
  files: number;
  /** In order of file, line and column. */
  problems: Problem[];
}

export function sortedProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => {
    const [x, y] = [a.position, b.position];
    if (x === undefined || y === undefined) return x === y ? 0 : x === undefined ? -1 : 1;
    if (x.file !== y.file) return x.file < y.file ? -1 : 1;
    return x.line - y.line || x.column - y.column;
  });
}
