import type { Document, Node, YAMLError } from "yaml";
import { type Problem, problem } from "../problem.ts";
import { offsetOf } from "./document-positions.ts";
import { sourceLimits } from "./limits.ts";
import { readPlainYaml } from "./plain-yaml.ts";
import type { DocumentText } from "./split-documents.ts";
import { unfitPart } from "./unfit-value.ts";
import { yamlPackage } from "./yaml-package.ts";

export type ReadValue =
  /** `isPlain`: without the `yaml` package, and so in next to no time. */
  | { kind: "value"; value: unknown; isPlain: boolean }
  | { kind: "problems"; problems: Problem[]; isPlain: boolean };

/** Something wrong, and where it begins in the document's text. */
interface TextFault {
  reason: string;
  offset: number;
}

/** The value of one document under the limits; `file` is for positions. */
export function readValue(document: DocumentText, file: string): ReadValue {
  const { text, linesBefore } = document;
  const max = sourceLimits.documentCharsMax;
  if (text.length > max) {
    const place = { position: { file, line: linesBefore + 1, column: 1 } };
    const data = { what: "the length of one document in characters", is: text.length, max };
    return { kind: "problems", problems: [problem("yaml.over-limit", data, place)], isPlain: true };
  }
  const plain = readPlainYaml(text);
  return plain === undefined ? readAnyValue(document, file) : { kind: "value", ...plain, isPlain: true };
}

/** The same for all of YAML, with the `yaml` package. */
export function readAnyValue({ text, linesBefore }: DocumentText, file: string): ReadValue {
  const { LineCounter, parseDocument } = yamlPackage();
  const lineCounter = new LineCounter();
  const refused = (faults: readonly TextFault[]): ReadValue => ({
    kind: "problems",
    isPlain: false,
    problems: faults.slice(0, sourceLimits.syntaxProblemsPerDocumentMax).map(({ reason, offset }) => {
      const { line, col } = lineCounter.linePos(offset);
      const position = { file, line: linesBefore + Math.max(line, 1), column: Math.max(col, 1) };
      return problem("yaml.malformed", { reason }, { position });
    }),
  });
  const directive = /^%.*/m.exec(text);
  if (directive !== null && !/^[^%#\s]/m.test(text.slice(0, directive.index))) {
    return refused([{ reason: "it has a directive (%YAML, %TAG); leave it out", offset: directive.index }]);
  }
  try {
    // The package compares each key with all others of its mapping; ours are told apart below.
    const options = { lineCounter, prettyErrors: false, stringKeys: true, uniqueKeys: false } as const;
    const parsed = parseDocument(text, { ...options, logLevel: "silent" });
    const faults = [...parsed.errors, ...parsed.warnings].map(textFault);
    if (faults.length > 0) return refused(faults);
    const repeated = repeatedKeys(parsed);
    if (repeated.length > 0) return refused(repeated);
    const value: unknown = parsed.toJS({ maxAliasCount: sourceLimits.aliasesMax });
    const unfit = unfitPart(value);
    if (unfit === undefined) return { kind: "value", value, isPlain: false };
    return refused([{ reason: unfit.reason, offset: offsetOf(parsed.contents, unfit.path) ?? 0 }]);
  } catch (error) {
    // The package recurses with the nesting, and refuses too many aliases by throwing.
    if (error instanceof RangeError) return refused([{ reason: tooDeep, offset: 0 }]);
    return refused([{ reason: (error as Error).message, offset: 0 }]);
  }
}

const tooDeep = "it is nested too deeply";
const reasonCharsMax = 200;

/** A message may quote as much of the text as there is. */
function textFault({ code, message, pos }: YAMLError): TextFault {
  const reason = code === "RESOURCE_EXHAUSTION" ? tooDeep : message;
  return {
    reason: reason.length > reasonCharsMax ? `${reason.slice(0, reasonCharsMax)}...` : reason,
    offset: pos[0],
  };
}

function repeatedKeys(document: Document.Parsed): TextFault[] {
  const { isScalar, visit } = yamlPackage();
  const faults: TextFault[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>();
      for (const { key } of items) {
        const name = isScalar(key) ? String(key.value) : undefined;
        if (name === undefined) continue;
        if (seen.has(name)) {
          const offset = (key as Node).range?.[0] ?? 0;
          faults.push({ reason: `the key "${name.slice(0, reasonCharsMax)}" is there twice`, offset });
        }
        seen.add(name);
      }
    },
  });
  return faults;
}
