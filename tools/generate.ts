/**
 * Writes every file that is generated: from schemas/kinds/ types, validators, CRDs, the chart that installs them; from
 * modules/rules/ and modules/customizations/ the standard modules.
 *   usage: node dist/tools/generate.js
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { generatedFiles } from "./generate/generated-files.ts";

const root = resolve(import.meta.dirname, "../..");
for (const [path, content] of await generatedFiles(root)) {
  const file = resolve(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  console.log(path);
}
