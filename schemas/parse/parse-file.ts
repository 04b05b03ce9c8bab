import type { NetloomObject } from "../generated/objects.ts";
import { type Problem, type ProblemPlace, problem } from "../problem.ts";
import { checkShape, kindNames, shown } from "./check-shape.ts";
import { DocumentPositions } from "./document-positions.ts";
import { type FieldPath, fieldText, valueAt } from "./field-path.ts";
import { sourceLimits } from "./limits.ts";
import { ParsedObject } from "./parsed-object.ts";
import { readValue } from "./read-value.ts";
import { type DocumentText, splitDocuments } from "./split-documents.ts";
import { suggest } from "./suggest.ts";

/** What one file holds: the objects that are valid by themselves, and what is wrong with the others. */
export interface ParsedFile {
  objects: ParsedObject[];
  problems: Problem[];
}

const apiVersion = "netloom.dev/v1alpha1";

/** Reads one YAML file of a source, every document of it. `file` is its path for positions. */
export function parseFile(bytes: Uint8Array, file: string): ParsedFile {
  const parsed: ParsedFile = { objects: [], problems: [] };
  const start = { position: { file, line: 1, column: 1 } };
  const decoded = decode(bytes, start);
  if (typeof decoded !== "string") return { objects: [], problems: [decoded] };
  const split = splitDocuments(decoded);
  if (split.problem !== undefined) return { objects: [], problems: [{ ...split.problem, ...start }] };
  for (const document of split.documents) {
    parseObject(document, file, parsed);
    if (parsed.problems.length < sourceLimits.problemsPerFileMax) continue;
    parsed.problems.length = sourceLimits.problemsPerFileMax;
    const max = sourceLimits.problemsPerFileMax;
    parsed.problems.push(
      problem("yaml.over-limit", { what: "the number of problems in this file", is: max + 1, max }, start),
    );
    break;
  }
  return parsed;
}

function decode(bytes: Uint8Array, place: ProblemPlace): string | Problem {
  const max = sourceLimits.fileBytesMax;
  if (bytes.length > max) {
    return problem(
      "yaml.over-limit",
      { what: "the size of the file in bytes", is: bytes.length, max },
      place,
    );
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (text.includes("\0")) return problem("yaml.not-text", { reason: "it holds a NUL character" }, place);
    return text;
  } catch {
    return problem("yaml.not-text", { reason: "it is not valid UTF-8" }, place);
  }
}

function parseObject(document: DocumentText, file: string, into: ParsedFile): void {
  const read = readValue(document, file);
  if (read.kind === "problems") {
    into.problems.push(...read.problems);
    return;
  }
  const { value } = read;
  const positions = new DocumentPositions(document, file);
  const object = refOf(value);
  const placeOf = (path: FieldPath, part: "key" | "value" = "value"): ProblemPlace => ({
    position: positions.at(path, part),
    object,
    field: fieldText(path),
  });
  const misfit = envelopeProblem(value, placeOf);
  const problems = misfit ? [misfit] : checkShape((value as NetloomObject).kind, value, placeOf);
  if (problems.length > 0) into.problems.push(...problems);
  else into.objects.push(new ParsedObject(value as NetloomObject, file, document));
}

/** What keeps a document from being an object of a kind we know. */
function envelopeProblem(value: unknown, placeOf: (path: FieldPath) => ProblemPlace): Problem | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return problem("object.not-a-mapping", { is: shown(value) }, placeOf([]));
  }
  const { apiVersion: version, kind } = value as Record<string, unknown>;
  if (version !== apiVersion) {
    const suggestion = typeof version === "string" ? suggest(version, [apiVersion]) : undefined;
    return problem("object.foreign", { is: shown(version) }, { ...placeOf(["apiVersion"]), suggestion });
  }
  if (typeof kind !== "string" || !kindNames.includes(kind)) {
    const suggestion = typeof kind === "string" ? suggest(kind, kindNames) : undefined;
    const data = { is: shown(kind), known: [...kindNames] };
    return problem("object.unknown-kind", data, { ...placeOf(["kind"]), suggestion });
  }
  return undefined;
}

/** The object a document means to be, as far as that can be told. */
function refOf(value: unknown): string | undefined {
  const kind = valueAt(value, ["kind"]);
  const name = valueAt(value, ["metadata", "name"]);
  const namespace = valueAt(value, ["metadata", "namespace"]) ?? "default";
  if (typeof kind !== "string" || typeof name !== "string" || typeof namespace !== "string") return undefined;
  return `${kind}/${namespace}/${name}`.slice(0, 256);
}
