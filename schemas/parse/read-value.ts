import { type Problem, type ProblemPlace, problem } from "../problem.ts";
import { sourceLimits } from "./limits.ts";
import { readPlainYaml } from "./plain-yaml.ts";
import type { DocumentText } from "./split-documents.ts";
import { yamlPackage } from "./yaml-package.ts";

export type ReadValue = { kind: "value"; value: unknown } | { kind: "problems"; problems: Problem[] };

/** The value of one document under the limits; `file` is for positions. */
export function readValue(document: DocumentText, file: string): ReadValue {
  const plain =
    document.text.length > sourceLimits.documentCharsMax ? undefined : readPlainYaml(document.text);
  return plain === undefined ? readAnyValue(document, file) : { kind: "value", value: plain.value };
}

/** The same for all of YAML, with the `yaml` package. */
export function readAnyValue(document: DocumentText, file: string): ReadValue {
  const { text, linesBefore } = document;
  const at = (line: number, column: number): ProblemPlace => ({
    position: { file, line: linesBefore + line, column },
  });
  const overLimit = (what: string, is: number, max: number): ReadValue => ({
    kind: "problems",
    problems: [problem("yaml.over-limit", { what, is, max }, at(1, 1))],
  });
  if (text.length > sourceLimits.documentCharsMax) {
    return overLimit("the length of one document in characters", text.length, sourceLimits.documentCharsMax);
  }
  const { LineCounter, parseDocument } = yamlPackage();
  const lines = new LineCounter();
  const malformed = (reason: string, offset: number): Problem => {
    const { line, col } = lines.linePos(offset);
    return problem("yaml.malformed", { reason }, at(Math.max(line, 1), Math.max(col, 1)));
  };
  try {
    const parsed = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      logLevel: "silent",
    });
    const faults = [...parsed.errors, ...parsed.warnings].slice(0, sourceLimits.problemsPerObjectMax);
    if (faults.length > 0) {
      return { kind: "problems", problems: faults.map((fault) => malformed(fault.message, fault.pos[0])) };
    }
    const value: unknown = parsed.toJS({ maxAliasCount: sourceLimits.aliasesMax });
    const unfit = unfitReason(value, 0);
    if (unfit !== undefined) return { kind: "problems", problems: [malformed(unfit, 0)] };
    return { kind: "value", value };
  } catch (error) {
    // The parser recurses with the nesting, and refuses too many aliases by throwing.
    const reason =
      error instanceof RangeError ? `it is nested too deeply` : error instanceof Error ? error.message : "?";
    return { kind: "problems", problems: [malformed(reason, 0)] };
  }
}

/** Why a value cannot be an object's: it is nested too deeply, or has a member that JavaScript gives a meaning. */
function unfitReason(value: unknown, depth: number): string | undefined {
  if (value === null || typeof value !== "object") return undefined;
  if (depth >= sourceLimits.depthMax) return `it is nested more than ${sourceLimits.depthMax} levels deep`;
  for (const key of Object.keys(value)) {
    if (key === "__proto__") return `a member is called "__proto__"; no field may be`;
    const reason = unfitReason((value as Record<string, unknown>)[key], depth + 1);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
