import { entry } from "./entry.ts";

/** What can be wrong with what users declare: text, shape, meaning. */
export const objectProblems = {
  // YAML, before its objects are known.
  "yaml.malformed": entry(false, (d: { reason: string }) => `Cannot read this as YAML: ${d.reason}`),
  "yaml.over-limit": entry(
    false,
    (d: { what: string; is: number; max: number }) =>
      `Refused to read this YAML: ${d.what} is ${d.is}, the limit is ${d.max}`,
  ),
  "yaml.not-text": entry(
    false,
    (d: { reason: string }) => `Cannot read this as YAML: ${d.reason}; it must be UTF-8 text`,
  ),

  // One object by itself: its shape.
  "object.not-a-mapping": entry(
    false,
    (d: { is: string }) =>
      `This document is ${d.is}; it must be an object with apiVersion, kind, metadata and spec`,
  ),
  "object.foreign": entry(
    false,
    (d: { is: string }) => `apiVersion is ${d.is}; it must be "netloom.dev/v1alpha1"`,
  ),
  "object.unknown-kind": entry(
    false,
    (d: { is: string; known: string[] }) => `kind is ${d.is}; it must be one of ${d.known.join(", ")}`,
  ),
  "schema.unknown-field": entry(
    false,
    (d: { field: string; known: string[] }) =>
      `${d.field} is not known; ${d.known.length > 0 ? `known here: ${d.known.join(", ")}` : "nothing is allowed here"}`,
  ),
  "schema.missing-field": entry(false, (d: { field: string }) => `${d.field} is missing; it is required`),
  "schema.one-of": entry(
    false,
    (d: { field: string; given: string[]; options: string[] }) =>
      `${d.field} has ${d.given.length > 0 ? d.given.join(" and ") : "none of them"}; it must have exactly one of ${d.options.join(", ")}`,
  ),
  "schema.value": entry(
    false,
    (d: { field: string; is: string; must: string }) => `${d.field} is ${d.is}; it must be ${d.must}`,
  ),

  // Objects among each other, and the files they name.
  "meaning.duplicate-name": entry(
    false,
    (d: { object: string; other: string }) =>
      `${d.object} is declared twice, here and at ${d.other}; give one of them another name`,
  ),
} as const;
