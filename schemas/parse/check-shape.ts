import * as validators from "../generated/validators.ts";
import { type Problem, type ProblemPlace, problem } from "../problem.ts";
import { mustBe, shown, suggestValue, type ValueFault } from "./explain-value.ts";
import { type FieldPath, fieldText, valueAt } from "./field-path.ts";
import { sourceLimits } from "./limits.ts";
import { schemaAt } from "./schema-at.ts";
import { suggest } from "./suggest.ts";

/** What ajv's generated code says of one fault. */
interface SchemaFault extends ValueFault {
  instancePath: string;
  schemaPath: string;
  /** The member whose name, not value, is at fault. */
  propertyName?: string;
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
  return (
    (validate.errors ?? [])
      // What is inside a choice, or is said of a name, is told by the choice and by the member.
      .filter(({ schemaPath, keyword }) => !/\/oneOf\/\d+\//.test(schemaPath) && keyword !== "propertyNames")
      .slice(0, sourceLimits.problemsPerObjectMax)
      .map((fault) => shapeProblem(kind, value, fault, placeOf))
  );
}

function shapeProblem(kind: string, root: unknown, fault: SchemaFault, placeOf: PlaceOf): Problem {
  const path = pathOf(fault.instancePath, root);
  const schema = schemaAt(kind, path);
  if (fault.propertyName !== undefined) {
    const data = {
      field: `A name in ${fieldText(path)}`,
      is: shown(fault.propertyName),
      must: mustBe(fault),
    };
    return problem("schema.value", data, placeOf([...path, fault.propertyName], "key"));
  }
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
      return problem(
        "schema.value",
        { field: fieldText(path), is: shown(value), must: mustBe(fault, schema) },
        { ...placeOf(path, "value"), suggestion: suggestValue(value, schema) },
      );
    }
  }
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
