import { compile } from "json-schema-to-typescript";
import type { KindSchemas, SchemaNode } from "./kind-schemas.ts";

/**
 * TypeScript types of all kinds, as they are after defaults were applied: a member that has a default is always there.
 * "One of" stays a matter of validation: its members are optional in the type.
 */
export async function objectTypes({ kinds, pieces }: KindSchemas): Promise<string> {
  const $defs: Record<string, unknown> = {};
  for (const document of [...kinds.values(), pieces]) {
    for (const [name, node] of Object.entries(document.$defs ?? {})) {
      if (name in $defs) throw new Error(`"${name}" is defined twice; its type would be ambiguous`);
      $defs[name] = forTypes(node);
    }
  }
  for (const [kind, { $defs: _own, ...document }] of kinds) $defs[kind] = forTypes(document);
  const root = {
    title: "NetloomObject",
    description: "An object of any kind, its defaults applied.",
    oneOf: [...kinds.keys()].map((kind) => ({ $ref: `#/$defs/${kind}` })),
    $defs,
  };
  return compile(root as Parameters<typeof compile>[0], "NetloomObject", {
    bannerComment: "// Generated from schemas/kinds/ by `npm run generate`. Do not edit.",
    ignoreMinAndMaxItems: true,
    additionalProperties: false,
    format: true,
    style: { printWidth: 110, trailingComma: "all" },
  });
}

function forTypes(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(forTypes);
  if (node === null || typeof node !== "object") return node;
  const { $id: _id, title: _title, oneOf: _oneOf, ...kept } = node as SchemaNode;
  const out: SchemaNode = {};
  for (const [key, value] of Object.entries(kept)) {
    if (key.startsWith("x-")) continue;
    out[key] = key === "$ref" ? `#/$defs/${String(value).split("#/$defs/")[1]}` : forTypes(value);
  }
  if (typeof out.$ref === "string") return { $ref: out.$ref };
  if (out.type === "object" && node && "x-kubernetes-preserve-unknown-fields" in node) {
    out.additionalProperties = true;
  }
  const properties = out.properties as Record<string, SchemaNode> | undefined;
  if (properties !== undefined) {
    const defaulted = Object.entries((node as { properties: Record<string, SchemaNode> }).properties)
      .filter(([, property]) => "default" in property)
      .map(([name]) => name);
    out.required = [...new Set([...((out.required as string[] | undefined) ?? []), ...defaulted])];
  }
  delete out.default;
  return out;
}
