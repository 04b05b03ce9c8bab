import { type Problem, problem } from "../problem.ts";
import { sourceLimits } from "./limits.ts";

/** The text of one YAML document, and how many lines of the file come before it. */
export interface DocumentText {
  text: string;
  linesBefore: number;
}

/**
 * Cuts a file into its documents without parsing: a line that begins with `---` or `...` and white space is a marker
 * wherever it stands (YAML 1.2.2 §9.1.2 forbids it inside scalars). What follows `---` on its line belongs to the
 * document. Documents of nothing but comments are left out.
 */
export function splitDocuments(text: string): { documents: DocumentText[]; problem?: Problem } {
  const documents: DocumentText[] = [];
  const marker = /^(?:---|\.\.\.)(?=[\s]|$)/gm;
  let start = 0;
  let line = 0;
  let counted = 0;
  const linesTo = (offset: number): number => {
    for (let at = text.indexOf("\n", counted); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
      line += 1;
      counted = at + 1;
    }
    return line;
  };
  const take = (end: number): void => {
    const part = text.slice(start, end);
    if (hasContent(part)) documents.push({ text: part, linesBefore: linesTo(start) });
  };
  for (let found = marker.exec(text); found !== null; found = marker.exec(text)) {
    take(found.index);
    if (documents.length >= sourceLimits.documentsPerFileMax) {
      const max = sourceLimits.documentsPerFileMax;
      return {
        documents: [],
        problem: problem("yaml.over-limit", { what: "the number of documents", is: max + 1, max }),
      };
    }
    start = found.index + 3;
  }
  take(text.length);
  return { documents };
}

/** Whether there is a line that is neither blank nor a comment. */
function hasContent(text: string): boolean {
  return /^[ \t]*[^\s#]/m.test(text);
}
