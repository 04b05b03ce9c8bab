import type { LineCounter, Node } from "yaml";
import type { Position } from "../problem.ts";
import type { FieldPath } from "./field-path.ts";
import type { DocumentText } from "./split-documents.ts";
import { yamlPackage } from "./yaml-package.ts";

/**
 * Where a field of a document stands. Parses the document anew, with positions: this is for the few objects that have
 * problems, so that the many that have none need not carry any.
 */
export class DocumentPositions {
  readonly #document: DocumentText;
  readonly #file: string;
  #parsed: { root: unknown; lines: LineCounter } | undefined;

  constructor(document: DocumentText, file: string) {
    this.#document = document;
    this.#file = file;
  }

  /** Of the member's key ("key") or value; of the nearest thing above it that exists. */
  at(path: FieldPath, part: "key" | "value" = "value"): Position {
    const { root, lines } = this.#read();
    const offset = offsetOf(root, path, part) ?? 0;
    const { line, col } = lines.linePos(offset);
    return {
      file: this.#file,
      line: this.#document.linesBefore + Math.max(line, 1),
      column: Math.max(col, 1),
    };
  }

  #read(): { root: unknown; lines: LineCounter } {
    if (this.#parsed === undefined) {
      const { LineCounter, parseDocument } = yamlPackage();
      const lines = new LineCounter();
      const options = { lineCounter: lines, prettyErrors: false, logLevel: "silent" as const };
      this.#parsed = { root: parseDocument(this.#document.text, options).contents, lines };
    }
    return this.#parsed;
  }
}

/** Where the key or value at a path begins in the text of a parsed document; of the nearest thing above it that exists. */
export function offsetOf(
  root: unknown,
  path: FieldPath,
  part: "key" | "value" = "value",
): number | undefined {
  const { isMap, isScalar, isSeq } = yamlPackage();
  let node = root;
  let offset = (root as Node | null)?.range?.[0];
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return offset;
      const keyOffset = (pair.key as Node).range?.[0];
      const valueOffset = (pair.value as Node | null)?.range?.[0];
      offset = (last && part === "key" ? keyOffset : valueOffset) ?? keyOffset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(step)] as Node | undefined;
      if (item === undefined) return offset;
      offset = item.range?.[0];
      node = item;
    } else {
      return offset;
    }
  }
  return offset;
}
