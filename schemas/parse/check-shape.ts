import * as validators from "../generated/validators.ts";
import { type Problem, type ProblemPlace, problem } from "../problem.ts";
import { type FieldPath, fieldText, valueAt } from "./field-path.ts";
import { sourceLimits } from "./limits.ts";
import { schemaAt } from "./schema-at.ts";
import { suggest } from "./suggest.ts";

/** What ajv's generated code says of one fault. */
interface SchemaFault {
  instancePath: string;
  schemaPath: string;
  keyword: string;
  params: Record<string, unknown>;
}

interface Validator {
  (value: unknown): boolean;
  errors?: SchemaFault[] | null;
}

const byKind = new Map<string, Validator>(Object.entries(validators as unknown as Record<string, Validator>));

/** Every kind there is. */
export const kindNames: readonly string[] = [...byKind.keys()].sort();

/** Where a problem belongs: filled in by the caller, who knows file and object. */
export type PlaceOf = (path: FieldPath, part: "key" | "value") => ProblemPlace;

/** Checks one object of a known kind against its schema and fills in its defaults. */
export function checkShape(kind: string, value: unknown, placeOf: PlaceOf): Problem[] {
  const validate = byKind.get(kind);
  if (validate === undefined) throw new Error(`no validator for kind ${kind}`);
  if (validate(value)) return [];
  return (validate.errors ?? [])
    .filter(({ schemaPath }) => !/\/oneOf\/\d+\//.test(schemaPath))
    .slice(0, sourceLimits.problemsPerObjectMax)
    .map((fault) => shapeProblem(kind, value, fault, placeOf));
}

function shapeProblem(kind: string, root: unknown, fault: SchemaFault, placeOf: PlaceOf): Problem {
  const path = pathOf(fault.instancePath, root);
  const schema = schemaAt(kind, path);
  switch (fault.keyword) {
    case "additionalProperties": {
      const name = String(fault.params.additionalProperty);
      const known = Object.keys(schema?.properties ?? {});
      return problem(
        "schema.unknown-field",
        { field: fieldText([...path, name]), known },
        { ...placeOf([...path, name], "key"), suggestion: suggest(name, known) },
      );
    }
    case "required": {
      const name = String(fault.params.missingProperty);
      return problem("schema.missing-field", { field: fieldText([...path, name]) }, placeOf(path, "value"));
    }
    case "oneOf": {
      const options = (schema?.oneOf ?? []).flatMap((option) => option.required);
      const object = valueAt(root, path) as object;
      const given = options.filter((name) => Object.hasOwn(object, name));
      return problem("schema.one-of", { field: fieldText(path), given, options }, placeOf(path, "value"));
    }
    default: {
      const value = valueAt(root, path);
      const suggestion =
        typeof value === "string" && schema?.enum !== undefined ? suggest(value, schema.enum) : undefined;
      return problem(
        "schema.value",
        { field: fieldText(path), is: shown(value), must: must(fault, schema?.description) },
        { ...placeOf(path, "value"), suggestion },
      );
    }
  }
}

/** What a value ought to be, as a noun phrase. */
function must({ keyword, params }: SchemaFault, description: string | undefined): string {
  const limit = Number(params.limit);
  const about = description === undefined ? "" : `: ${description}`;
  switch (keyword) {
    case "type":
      return `of type ${String(params.type)}${about}`;
    case "enum":
      return `one of ${(params.allowedValues as unknown[]).join(", ")}`;
    case "pattern":
      return `text that matches ${String(params.pattern)}${about}`;
    case "minLength":
      return `at least ${limit} characters long`;
    case "maxLength":
      return `at most ${limit} characters long`;
    case "minItems":
      return `a list of at least ${limit}`;
    case "maxItems":
      return `a list of at most ${limit}`;
    case "maxProperties":
      return `a mapping of at most ${limit} members`;
    case "minimum":
      return `${limit} or more`;
    case "maximum":
      return `${limit} or less`;
    default:
      return `valid by "${keyword}"${about}`;
  }
}

/** A value for people: short, and telling text from numbers. */
export function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === "object") return "a mapping";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Reads a JSON pointer; a step into a list becomes a number. */
function pathOf(pointer: string, root: unknown): (string | number)[] {
  const path: (string | number)[] = [];
  for (const raw of pointer.split("/").slice(1)) {
    const step = raw.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(Array.isArray(valueAt(root, path)) ? Number(step) : step);
  }
  return path;
}
