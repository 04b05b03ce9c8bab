import { inlined, type KindSchemas } from "./kind-schemas.ts";

/** One JSON Schema (draft 7) for all kinds, as editors take it: which kind's part holds is decided by `kind`. */
export function editorSchema({ kinds, pieces }: KindSchemas): string {
  const names = [...kinds.keys()];
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Netloom object",
    $comment: "Generated from schemas/kinds/ by `npm run generate`. Do not edit.",
    type: "object",
    required: ["apiVersion", "kind"],
    properties: { apiVersion: { enum: ["netloom.dev/v1alpha1"] }, kind: { enum: names } },
    allOf: names.map((kind) => ({
      if: { properties: { kind: { const: kind } }, required: ["kind"] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema; nobody awaits this.
      then: inlined(kinds.get(kind)!, pieces),
    })),
  };
  return `${JSON.stringify(schema, withoutIds, 1)}\n`;
}

/** Each kind's own identity would make its part a document of its own; what is for Kubernetes says nothing to editors. */
function withoutIds(key: string, value: unknown): unknown {
  return key === "$id" || key.startsWith("x-") ? undefined : value;
}
