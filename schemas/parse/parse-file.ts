import { isAscii } from "node:buffer";
import type { Breather } from "../breather.ts";
import type { NetloomObject } from "../generated/objects.ts";
import { type Problem, type ProblemPlace, problem } from "../problem.ts";
import { checkShape, kindNames } from "./check-shape.ts";
import { DocumentPositions } from "./document-positions.ts";
import { shown } from "./explain-value.ts";
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
export async function parseFile(bytes: Uint8Array, file: string, breather: Breather): Promise<ParsedFile> {
  const parsed: ParsedFile = { objects: [], problems: [] };
  const start = { position: { file, line: 1, column: 1 } };
  const decoded = decode(bytes, start);
  if (typeof decoded !== "string") return { objects: [], problems: [decoded] };
  const split = splitDocuments(decoded);
  if (split.problem !== undefined) return { objects: [], problems: [{ ...split.problem, ...start }] };
  let intricateChars = 0;
  for (const document of split.documents) {
    if (breather.isDue) await breather.pause();
    const { isPlain } = parseObject(document, file, parsed);
    if (!isPlain) intricateChars += document.text.length;
    const excess = excessOf(intricateChars, parsed.problems.length);
    if (excess === undefined) continue;
    parsed.problems.push(problem("yaml.over-limit", excess, start));
    break;
  }
  return parsed;
}

/** Which limit of a file is passed, so that the rest of it is left unread. */
function excessOf(
  intricateChars: number,
  problems: number,
): { what: string; is: number; max: number } | undefined {
  const { intricateCharsPerFileMax, problemsPerFileMax } = sourceLimits;
  if (intricateChars > intricateCharsPerFileMax) {
    const what = "the text of this file that is more than plain mappings, lists and values, in characters,";
    return { what, is: intricateChars, max: intricateCharsPerFileMax };
  }
  if (problems <= problemsPerFileMax) return undefined;
  return { what: "the number of problems in this file", is: problems, max: problemsPerFileMax };
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
    const text = isAscii(bytes) ? asciiText(bytes) : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (text.includes("\0")) return problem("yaml.not-text", { reason: "it holds a NUL character" }, place);
    // To YAML both are one line break; this one the plain reader knows.
    return text.includes("\r") ? text.replaceAll("\r\n", "\n") : text;
  } catch {
    return problem("yaml.not-text", { reason: "it is not valid UTF-8" }, place);
  }
}

/** Much the same as decoding UTF-8, for a third of the time. */
function asciiText({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
}

/** Tells whether the document was read without the `yaml` package. */
function parseObject(document: DocumentText, file: string, into: ParsedFile): { isPlain: boolean } {
  const read = readValue(document, file);
  if (read.kind === "problems") {
    into.problems.push(...read.problems);
    return read;
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
  return { isPlain: read.isPlain && problems.length === 0 };
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
