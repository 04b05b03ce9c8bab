import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { inlined, type KindSchemas, type SchemaNode } from "./kind-schemas.ts";

const begin = "<!-- Generated from schemas/kinds/ by `npm run generate`. -->";
const end = "<!-- End of what is generated. -->";

/** docs/kinds/*.md: what people wrote, with the table of fields between the two marks made anew. */
export function kindPages({ kinds, pieces }: KindSchemas, root: string): Map<string, string> {
  const pages = new Map<string, string>();
  for (const [kind, document] of kinds) {
    const path = `docs/kinds/${fileName(kind)}.md`;
    const text = readFileSync(resolve(root, path), "utf8");
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${path} lacks the marks between which its fields are listed`);
    const { spec } = inlined(document, pieces).properties as { spec: SchemaNode };
    pages.set(path, `${text.slice(0, from)}${begin}\n\n${fieldTable(spec)}\n${text.slice(to)}`);
  }
  return pages;
}

/** "CustomizationRotation" is in customization-rotation.md. */
function fileName(kind: string): string {
  return kind.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}

function fieldTable(spec: SchemaNode): string {
  const rows = [...fieldRows(spec, "spec")].map((cells) => `| ${cells.join(" | ")} |`);
  return ["| field | type | default | meaning |", "| --- | --- | --- | --- |", ...rows, ""].join("\n");
}

function* fieldRows(node: SchemaNode, path: string): Iterable<string[]> {
  const required = new Set((node.required as string[] | undefined) ?? []);
  const oneOf = ((node.oneOf as { required: string[] }[] | undefined) ?? []).flatMap(
    (option) => option.required,
  );
  for (const [name, field] of Object.entries(
    (node.properties as Record<string, SchemaNode> | undefined) ?? {},
  )) {
    const need = required.has(name)
      ? "required"
      : oneOf.includes(name)
        ? `one of ${oneOf.join(", ")}`
        : defaultOf(field);
    yield [`\`${path}.${name}\``, typeOf(field), need, escaped(String(field.description ?? ""))];
    yield* fieldRows(field, `${path}.${name}`);
    if (field.items !== undefined) yield* fieldRows(field.items as SchemaNode, `${path}.${name}[]`);
  }
}

function defaultOf(field: SchemaNode): string {
  if (field.default === undefined || typeof field.default === "object") return "";
  return `\`${field.default}\``;
}

function typeOf(node: SchemaNode): string {
  if (node.enum !== undefined) return (node.enum as string[]).join(", ");
  if (node.type === "array") return `list of ${typeOf(node.items as SchemaNode)}, at most ${node.maxItems}`;
  if (typeof node.additionalProperties === "object") return "map of strings";
  if (node.type === "object") return "object";
  const range = node.minimum === undefined ? "" : ` from ${node.minimum} to ${node.maximum}`;
  return `${node.type}${range}`;
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}
