import { Breather } from "../breather.ts";
import { isRetryable, type Problem, problem, problemOf } from "../problem.ts";
import type { RepositoryFile, Snapshot } from "../repository.ts";
import { sourceLimits } from "./limits.ts";
import { type ParsedFile, parseFile } from "./parse-file.ts";
import type { ParsedObject } from "./parsed-object.ts";

/** What was parsed for one snapshot, kept for the next: files of the same version are not read again. */
export type ParseCache = Map<string, { version: string; parsed: ParsedFile }>;

export interface ParsedRepository {
  /** Those that are valid by themselves, by path and place in their file. */
  objects: ParsedObject[];
  /** All that is wrong, each with its position, and with its object where that can be told. */
  problems: Problem[];
}

/**
 * Reads every file of a snapshot that is YAML by its name (`isYamlFile`), or that `isObjectFile` picks. Rejects only when
 * a file cannot be read now and may be later. `cache` belongs to the caller, and holds afterwards what this snapshot has.
 */
export async function parseRepository(
  snapshot: Snapshot,
  options: { cache?: ParseCache; isObjectFile?: (path: string) => boolean } = {},
): Promise<ParsedRepository> {
  const { cache = new Map(), isObjectFile = isYamlFile } = options;
  const paths = [...snapshot.files.keys()].filter(isObjectFile).sort();
  const parsedFiles: ParsedFile[] = [];
  const breather = new Breather();
  for (const path of paths) {
    const file = snapshot.files.get(path) as RepositoryFile;
    const kept = cache.get(path);
    const parsed = kept?.version === file.version ? kept.parsed : await readFile(file, breather);
    cache.set(path, { version: file.version, parsed });
    parsedFiles.push(parsed);
  }
  for (const path of cache.keys()) if (!snapshot.files.has(path)) cache.delete(path);
  return {
    objects: parsedFiles.flatMap((parsed) => parsed.objects),
    problems: parsedFiles.flatMap((parsed) => parsed.problems),
  };
}

/** Ends in .yaml or .yml, and is in no folder with a leading dot, nor in node_modules. */
export function isYamlFile(path: string): boolean {
  return /\.ya?ml$/.test(path) && !/(?:^|\/)(?:\.|node_modules\/)/.test(path);
}

async function readFile(file: RepositoryFile, breather: Breather): Promise<ParsedFile> {
  const max = sourceLimits.fileBytesMax;
  if (file.bytes > max) {
    const place = { position: { file: file.path, line: 1, column: 1 } };
    const what = "the size of the file in bytes";
    return { objects: [], problems: [problem("yaml.over-limit", { what, is: file.bytes, max }, place)] };
  }
  try {
    return await parseFile(await file.read(), file.path, breather);
  } catch (error) {
    // A file that its source lists and cannot give is broken like one that cannot be parsed, unless trying again helps.
    const found = problemOf(error);
    if (found.code === "internal" || isRetryable(found)) throw error;
    return { objects: [], problems: [{ ...found, position: { file: file.path, line: 1, column: 1 } }] };
  }
}
