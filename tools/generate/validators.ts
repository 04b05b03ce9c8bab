import { createRequire } from "node:module";
import type Ajv from "ajv";
import type { KindSchemas } from "./kind-schemas.ts";

const require = createRequire(import.meta.url);

/**
 * Standalone code that checks one object of each kind and fills in its defaults, so that neither ajv nor the schemas
 * are loaded when netloom runs.
 */
export function validators({ kinds, pieces }: KindSchemas): string {
  const { default: AjvClass } = require("ajv") as { default: typeof Ajv.default };
  const { default: standalone } = require("ajv/dist/standalone") as {
    default: (ajv: unknown, ids: Record<string, string>) => string;
  };
  const ajv = new AjvClass({
    allErrors: true,
    useDefaults: true,
    strict: true,
    strictRequired: false,
    messages: false,
    logger: false,
    // Lengths count UTF-16 units, which needs no helper at run time.
    unicode: false,
    code: { source: true, esm: true, lines: true },
  });
  for (const keyword of ["x-netloom", "x-kubernetes-list-type", "x-kubernetes-list-map-keys"]) {
    ajv.addKeyword(keyword);
  }
  ajv.addKeyword("x-kubernetes-preserve-unknown-fields");
  ajv.addSchema(pieces);
  for (const document of kinds.values()) ajv.addSchema(document);
  const code = standalone(ajv, Object.fromEntries([...kinds].map(([kind, { $id }]) => [kind, $id])));
  if (code.includes("require("))
    throw new Error("a validator needs a helper of ajv at run time; see options");
  return `// @ts-nocheck\n// Generated from schemas/kinds/ by \`npm run generate\`. Do not edit.\n${code}\n`;
}
