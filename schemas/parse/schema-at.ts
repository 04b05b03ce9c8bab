import { readdirSync, readFileSync } from "node:fs";
import type { FieldPath } from "./field-path.ts";

/** The parts of a JSON Schema that explain a fault. */
export interface SchemaPart {
  $ref?: string;
  $defs?: Record<string, SchemaPart>;
  title?: string;
  description?: string;
  type?: string;
  enum?: string[];
  pattern?: string;
  properties?: Record<string, SchemaPart>;
  additionalProperties?: SchemaPart | boolean;
  items?: SchemaPart;
  oneOf?: { required: string[] }[];
}

const folder = new URL("../../../schemas/kinds/", import.meta.url);
let documents: Map<string, SchemaPart> | undefined;

/** The schema that governs a field of a kind. Reads the schema files at first use: only faults ask for it. */
export function schemaAt(kind: string, path: FieldPath): SchemaPart | undefined {
  documents ??= new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith(".json"))
      .map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as SchemaPart)
      .map((document) => [document.title ?? "", document]),
  );
  let home = documents.get(kind);
  let node = home;
  for (const step of path) {
    if (node === undefined) return undefined;
    node =
      typeof step === "number"
        ? node.items
        : (node.properties?.[step] ?? schemaOrNone(node.additionalProperties));
    [home, node] = followed(home, node);
  }
  return node;
}

function schemaOrNone(part: SchemaPart | boolean | undefined): SchemaPart | undefined {
  return typeof part === "object" ? part : undefined;
}

function followed(home: SchemaPart | undefined, node: SchemaPart | undefined): (SchemaPart | undefined)[] {
  if (node?.$ref === undefined) return [home, node];
  const [file, name] = node.$ref.split("#/$defs/") as [string, string];
  const target = file === "" ? home : documents?.get("Pieces that several kinds share");
  const [at, found] = followed(target, target?.$defs?.[name]);
  return [at, found === undefined ? undefined : { ...found, ...node }];
}
