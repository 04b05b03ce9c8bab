import { createHash } from "node:crypto";
import { canonicalJson } from "../digest.ts";
import type { NetloomObject } from "../generated/objects.ts";
import type { Position } from "../problem.ts";
import type { Digest } from "../unit.ts";
import { DocumentPositions } from "./document-positions.ts";
import type { FieldPath } from "./field-path.ts";
import type { DocumentText } from "./split-documents.ts";

/** An object that is valid by itself, and where it was read. */
export class ParsedObject<T extends NetloomObject = NetloomObject> {
  /** Defaults applied. Never change it: it may be shared by later snapshots. */
  readonly object: T;
  /** "Kind/namespace/name". */
  readonly ref: string;
  readonly file: string;
  readonly #document: DocumentText;
  #version: Digest | undefined;
  #positions: DocumentPositions | undefined;

  constructor(object: T, file: string, document: DocumentText) {
    this.object = object;
    this.ref = objectRef(object);
    this.file = file;
    this.#document = document;
  }

  /** Digest of what the object says; comments, layout and spelled-out defaults do not matter. */
  get version(): Digest {
    this.#version ??= createHash("sha256").update(canonicalJson(this.object)).digest("hex");
    return this.#version;
  }

  /** Where a field stands (its nearest existing parent for a default). Costs a parse: ask only for problems. */
  position(path: FieldPath = [], part: "key" | "value" = "value"): Position {
    this.#positions ??= new DocumentPositions(this.#document, this.file);
    return this.#positions.at(path, part);
  }
}

export function objectRef({ kind, metadata }: Pick<NetloomObject, "kind" | "metadata">): string {
  return `${kind}/${metadata.namespace}/${metadata.name}`;
}
