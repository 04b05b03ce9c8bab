import type { SchemaPart } from "./schema-at.ts";
import { suggest } from "./suggest.ts";

/** What a validator has against a value. */
export interface ValueFault {
  keyword: string;
  params: Record<string, unknown>;
}

const typeNames: Record<string, string> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
};

/** What a value ought to be, as a noun phrase. */
export function mustBe({ keyword, params }: ValueFault, schema?: SchemaPart): string {
  const limit = Number(params.limit);
  switch (keyword) {
    case "type":
      return typeNames[String(params.type)] ?? String(params.type);
    case "enum":
      return `one of ${(params.allowedValues as unknown[]).join(", ")}`;
    case "pattern":
      return `text that matches ${String(params.pattern)}${schema?.description ? ` (${schema.description})` : ""}`;
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
      return `valid by "${keyword}"`;
  }
}

/** What was probably meant: a choice spelled wrong, or a value whose quotes are missing or too many. */
export function suggestValue(value: unknown, schema: SchemaPart | undefined): string | undefined {
  if (typeof value === "string" && schema?.enum !== undefined) return suggest(value, schema.enum);
  if (schema?.type === "string" && (typeof value === "number" || typeof value === "boolean")) {
    return `put it in quotes: "${value}"`;
  }
  if (typeof value !== "string") return undefined;
  if (schema?.type === "boolean") {
    if (/^(?:yes|on|true)$/i.test(value)) return 'did you mean "true", without quotes?';
    if (/^(?:no|off|false)$/i.test(value)) return 'did you mean "false", without quotes?';
  }
  const isNumber = schema?.type === "integer" || schema?.type === "number";
  return isNumber && /^-?\d+(?:\.\d+)?$/.test(value) ? "leave out the quotes" : undefined;
}

const shownCharsMax = 80;

/** A value for people: short, and telling text from numbers. */
export function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === "object") return "a mapping";
  const text = JSON.stringify(value);
  return text.length > shownCharsMax ? `${text.slice(0, shownCharsMax)}...` : text;
}
