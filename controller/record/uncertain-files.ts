import type { Problem } from "../../schemas/mod.ts";

/** Path to version. */
export type FileVersions = Readonly<Record<string, string>>;

/**
 * The files that may declare objects whose names nobody can tell: text that is no YAML, a document that is no object, an
 * object of a name never seen (it may be a known one whose name was mistyped). A document of another system is none.
 */
export function uncertainFiles(
  reading: { problems: readonly Problem[]; files: ReadonlyMap<string, { version: string }> },
  isKnown: (ref: string) => boolean,
): FileVersions {
  const found: Record<string, string> = {};
  for (const { code, object, position } of reading.problems) {
    if (position === undefined || code === "object.foreign") continue;
    if (object !== undefined && isKnown(object)) continue;
    found[position.file] = reading.files.get(position.file)?.version ?? "";
  }
  return found;
}

/** Those that an object may have moved into since: they were not uncertain, or were not what they are now. */
export function newlyUncertain(before: FileVersions, now: FileVersions): string[] {
  return Object.keys(now).filter((file) => before[file] !== now[file]);
}
