import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

/** Any node of a JSON Schema document. */
export interface SchemaNode {
  [keyword: string]: unknown;
}

/** One file of schemas/kinds/, read. */
export interface SchemaDocument extends SchemaNode {
  $id: string;
  title: string;
  $defs?: Record<string, SchemaNode>;
  /** What Kubernetes is told of a kind; absent from kinds that are no part of a fleet, and from `pieces.json`. */
  "x-netloom"?: {
    plural: string;
    shortNames: string[];
    columns: { name: string; type: string; jsonPath: string }[];
  };
}

export interface KindSchemas {
  /** By kind, in alphabetical order. */
  kinds: Map<string, SchemaDocument>;
  pieces: SchemaDocument;
}

/** Reads schemas/kinds/*.json: every file but `pieces.json` is a kind, named by its title. */
export function readKindSchemas(root: string): KindSchemas {
  const folder = resolve(root, "schemas/kinds");
  const documents = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(resolve(folder, file), "utf8")) as SchemaDocument);
  const pieces = documents.find((document) => document.$id.endsWith("/pieces.json"));
  if (pieces === undefined) throw new Error("schemas/kinds/pieces.json is missing");
  const kinds = documents.filter((document) => document !== pieces);
  kinds.sort((a, b) => (a.title < b.title ? -1 : 1));
  return { kinds: new Map(kinds.map((document) => [document.title, document])), pieces };
}

/** The document without `$ref`: each is replaced by what it names, under the keywords beside it. */
export function inlined(document: SchemaDocument, pieces: SchemaDocument): SchemaNode {
  const { $defs: _dropped, ...root } = inlineNode(document, document, pieces) as SchemaNode;
  return root;
}

function inlineNode(node: unknown, home: SchemaDocument, pieces: SchemaDocument): unknown {
  if (Array.isArray(node)) return node.map((item) => inlineNode(item, home, pieces));
  if (node === null || typeof node !== "object") return node;
  const { $ref, ...beside } = node as SchemaNode;
  const own = Object.fromEntries(
    Object.entries(beside).map(([key, value]) => [key, inlineNode(value, home, pieces)]),
  );
  if (typeof $ref !== "string") return own;
  const [file, name] = $ref.split("#/$defs/") as [string, string];
  const target = file === "" ? home : pieces;
  const found = target.$defs?.[name];
  if (found === undefined) throw new Error(`${home.$id} refers to ${$ref}, which does not exist`);
  return { ...(inlineNode(found, target, pieces) as SchemaNode), ...own };
}
