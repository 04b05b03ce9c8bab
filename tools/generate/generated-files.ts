import { buildStandardModules } from "../../modules/mod.ts";
import { crdFiles } from "./crds.ts";
import { crdsChart } from "./crds-chart.ts";
import { editorSchema } from "./editor-schema.ts";
import { kindPages } from "./kind-pages.ts";
import { readKindSchemas } from "./kind-schemas.ts";
import { objectTypes } from "./object-types.ts";
import { validators } from "./validators.ts";

/** Every generated file of the repository: its path from the root, and what it should hold. */
export async function generatedFiles(root: string): Promise<Map<string, string | Uint8Array>> {
  const schemas = readKindSchemas(root);
  return new Map<string, string | Uint8Array>([
    ["schemas/generated/objects.ts", await objectTypes(schemas)],
    ["schemas/generated/validators.ts", validators(schemas)],
    ["schemas/generated/netloom.schema.json", editorSchema(schemas)],
    ...crdFiles(schemas),
    ...crdsChart(schemas, root),
    ...kindPages(schemas, root),
    ...(await buildStandardModules()),
  ]);
}
