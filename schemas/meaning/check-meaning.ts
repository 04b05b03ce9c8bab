import type { ParsedObject } from "../parse/parsed-object.ts";
import { type Problem, problem } from "../problem.ts";
import type { Snapshot } from "../repository.ts";

/** What objects refer to besides each other. */
export interface MeaningContext {
  /** Artifacts are files of the same snapshot, by path from its root; nothing else is ever read. */
  files: Snapshot["files"];
  /** The content of a module that netloom ships; undefined when there is none of that name. */
  standardModule(name: string): Promise<Uint8Array | undefined>;
  /** Names of all modules that netloom ships. */
  standardModules: readonly string[];
}

/**
 * What is wrong between objects that are each valid by themselves, and with the files they name. Every problem has its
 * `object`: an object without a problem is good, whatever its neighbours are.
 */
export async function checkMeaning(
  objects: readonly ParsedObject[],
  _context: MeaningContext,
): Promise<Problem[]> {
  return duplicateNames(objects);
}

function duplicateNames(objects: readonly ParsedObject[]): Problem[] {
  const first = new Map<string, ParsedObject>();
  const problems: Problem[] = [];
  for (const parsed of objects) {
    const other = first.get(parsed.ref);
    if (other === undefined) first.set(parsed.ref, parsed);
    else problems.push(duplicate(parsed, other), duplicate(other, parsed));
  }
  return problems;
}

function duplicate(parsed: ParsedObject, other: ParsedObject): Problem {
  const { file, line } = other.position(["metadata", "name"]);
  return problem(
    "meaning.duplicate-name",
    { object: parsed.ref, other: `${file}:${line}` },
    { object: parsed.ref, field: "metadata.name", position: parsed.position(["metadata", "name"]) },
  );
}
