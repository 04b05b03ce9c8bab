import Ajv from "ajv";

export interface Schema {
  [keyword: string]: unknown;
}

/** Keywords of OpenAPI v3 that apiextensions.k8s.io/v1 forbids, and what JSON Schema has beyond OpenAPI. */
const forbidden = [
  "$ref",
  "$defs",
  "$id",
  "$schema",
  "definitions",
  "dependencies",
  "deprecated",
  "discriminator",
  "id",
].concat([
  "patternProperties",
  "propertyNames",
  "readOnly",
  "writeOnly",
  "xml",
  "const",
  "if",
  "then",
  "else",
  "contains",
]);
const forbiddenInJunctors = ["description", "type", "default", "additionalProperties", "nullable"];
const junctors = ["allOf", "anyOf", "oneOf"];
const ajv = new Ajv.default({ strict: false, logger: false, validateFormats: false });

/**
 * What keeps a schema from being structural (Kubernetes documentation, "Extend the Kubernetes API with
 * CustomResourceDefinitions", section "Specifying a structural schema"), or unbounded. Empty when it is fine.
 */
export function faultsOfStructure(schema: Schema): string[] {
  const faults: string[] = [];
  if (schema.type !== "object") faults.push("the root is not of type object");
  const { metadata } = (schema.properties ?? {}) as Record<string, Schema>;
  for (const name of Object.keys((metadata?.properties ?? {}) as Schema)) {
    if (name !== "name" && name !== "generateName") faults.push(`metadata restricts ${name}`);
  }
  visit(schema, "", faults);
  return faults;
}

function visit(node: Schema, path: string, faults: string[]): void {
  const fault = (text: string): unknown => faults.push(`${path || "root"}: ${text}`);
  const open = node["x-kubernetes-preserve-unknown-fields"] === true;
  if (typeof node.type !== "string" && !open) fault("has no type");
  for (const keyword of forbidden) if (keyword in node) fault(`has ${keyword}`);
  if (node.uniqueItems === true) fault("has uniqueItems");
  if (node.additionalProperties === false) fault("has additionalProperties: false");
  if (node.properties !== undefined && node.additionalProperties !== undefined)
    fault("has both kinds of properties");
  if (node.type === "array" && typeof node.items !== "object") fault("is an array without items");
  bounds(node, path, fault);
  if ("default" in node && !ajv.validate(node, node.default)) fault("has a default that is not valid");
  listMap(node, fault);
  for (const junctor of junctors) {
    for (const part of (node[junctor] ?? []) as Schema[]) visitJunctor(part, node, fault);
  }
  if (node.not !== undefined) visitJunctor(node.not as Schema, node, fault);
  for (const [name, property] of Object.entries((node.properties ?? {}) as Record<string, Schema>)) {
    visit(property, `${path}.${name}`, faults);
  }
  if (typeof node.items === "object") visit(node.items as Schema, `${path}[]`, faults);
  if (typeof node.additionalProperties === "object") {
    visit(node.additionalProperties as Schema, `${path}{}`, faults);
  }
}

/** Kubernetes' own fields are bounded by Kubernetes. */
function bounds(node: Schema, path: string, fault: (text: string) => unknown): void {
  const own = path === ".apiVersion" || path === ".kind";
  const bounded = "maxLength" in node || "enum" in node || "format" in node;
  if (node.type === "string" && !bounded && !own) fault("is a string of any length");
  if (node.type === "array" && !("maxItems" in node)) fault("is a list of any length");
  if (typeof node.additionalProperties === "object" && !("maxProperties" in node))
    fault("is a map of any size");
  // The API server's patterns are RE2: no look-around, no back references.
  if (/\(\?[=!<]|\\[1-9]/.test(String(node.pattern ?? ""))) fault("has a pattern that RE2 does not know");
}

function listMap(node: Schema, fault: (text: string) => unknown): void {
  if (node["x-kubernetes-list-type"] !== "map") return;
  const items = node.items as { required?: string[]; properties?: Record<string, Schema> };
  for (const key of node["x-kubernetes-list-map-keys"] as string[]) {
    const property = items.properties?.[key];
    const given = items.required?.includes(key) || (property !== undefined && "default" in property);
    if (!given) fault(`is a map by ${key}, which is neither required nor has a default`);
    if (property?.type === "object" || property?.type === "array")
      fault(`is a map by ${key}, which is no scalar`);
  }
}

/** Inside a junctor only values are judged, and of fields only that are specified outside of it. */
function visitJunctor(part: Schema, outside: Schema, fault: (text: string) => unknown): void {
  for (const keyword of forbiddenInJunctors) if (keyword in part) fault(`has ${keyword} inside a junctor`);
  const known = (outside.properties ?? {}) as Record<string, Schema>;
  for (const [name, inner] of Object.entries((part.properties ?? {}) as Record<string, Schema>)) {
    const property = known[name];
    if (property === undefined) fault(`specifies ${name} inside a junctor only`);
    else visitJunctor(inner, property, fault);
  }
  for (const name of (part.required ?? []) as string[]) {
    if (known[name] === undefined) fault(`requires ${name} inside a junctor, and specifies it nowhere`);
  }
}
