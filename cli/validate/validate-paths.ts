import { statSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import {
  checkMeaning,
  type ParsedRepository,
  type Problem,
  parseRepository,
  type RepositoryFile,
  sourceLimits,
} from "../../schemas/mod.ts";
import { addDirectory, DiskFile, DiskFiles } from "./disk-files.ts";
import { report } from "./report.ts";
import type { reportFormats } from "./report-formats.ts";
import { sortedProblems, type Validation } from "./validation.ts";

export interface ValidateOptions {
  output: (typeof reportFormats)[number];
  root?: string;
  schemaOnly?: boolean;
}

/** Why nothing could be validated; the command ends with status 2. */
class CannotRun extends Error {}

const standardInput = "stdin";

/** The guest programs' code is loaded for these only: it is a good part of what there is to load. */
const programKinds: ReadonlySet<string> = new Set(["Rule", "Customization", "MonitoringFunction"]);
const noPrograms = { standardModules: [], standardModule: () => Promise.resolve(undefined) };

/** Validates files and directories, prints the report, and resolves to the exit status. */
export async function validate(paths: readonly string[], options: ValidateOptions): Promise<0 | 1 | 2> {
  try {
    const validation = await validatePaths(paths, options);
    const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
    process.stdout.write(await report(options.output, validation, { colour }));
    return validation.problems.length > 0 ? 1 : 0;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (!(error instanceof CannotRun) && code === undefined) throw error;
    process.stderr.write(`netloom validate: ${(error as Error).message}\n`);
    return 2;
  }
}

/** Reads and checks everything; throws `CannotRun` or a system error when there is nothing to check. */
async function validatePaths(paths: readonly string[], options: ValidateOptions): Promise<Validation> {
  const root = resolve(options.root ?? (paths.length === 1 && isDirectory(paths[0]!) ? paths[0]! : "."));
  const files = new DiskFiles(root);
  if (paths.includes("-")) files.set(standardInput, await inputFile());
  const linkProblems = paths.flatMap((path) => (path === "-" ? [] : addPath(files, path, root)));
  if (files.size === 0 && linkProblems.length === 0) {
    throw new CannotRun(`no *.yaml or *.yml file in ${paths.join(", ")}`);
  }
  const snapshot = { revision: "", files };
  const parsed = await parseRepository(snapshot, { isObjectFile: () => true });
  const meaning = options.schemaOnly ? [] : await problemsOfMeaning(parsed, files);
  const toDisplay = displayPaths(root);
  const problems = [...linkProblems, ...parsed.problems, ...meaning].map((found) =>
    displayed(found, toDisplay),
  );
  return {
    objects: objectsOf(parsed).map(({ ref, file }) => ({ ref, file: toDisplay(file) })),
    files: files.size,
    problems: sortedProblems(problems),
  };
}

function addPath(files: DiskFiles, path: string, root: string): Problem[] {
  const full = resolve(path);
  if (isDirectory(full)) return addDirectory(files, full, root);
  const inside = relative(root, full).replaceAll(sep, "/");
  files.set(inside, new DiskFile(inside, full));
  return [];
}

function isDirectory(path: string): boolean {
  if (path === "-") return false;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new CannotRun(`Cannot read ${path}: there is no such file or directory; name what is there`);
  }
  return found.isDirectory();
}

/** Standard input, read to its end or past the limit, which is then reported as a problem. */
async function inputFile(): Promise<RepositoryFile> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > sourceLimits.fileBytesMax) break;
  }
  const content = Buffer.concat(chunks);
  return { path: standardInput, bytes, version: standardInput, read: () => Promise.resolve(content) };
}

async function problemsOfMeaning(parsed: ParsedRepository, files: DiskFiles): Promise<Problem[]> {
  const namesPrograms = parsed.objects.some(({ object }) => programKinds.has(object.kind));
  const guestPrograms = namesPrograms ? (await import("./guest-programs.ts")).guestPrograms : noPrograms;
  const broken = new Set(parsed.problems.flatMap(({ object }) => object ?? []));
  return checkMeaning(parsed.objects, { ...guestPrograms, files, broken });
}

function objectsOf({ objects, problems }: ParsedRepository): { ref: string; file: string }[] {
  const all = objects.map(({ ref, file }) => ({ ref, file }));
  const seen = new Set<string>();
  for (const { object, position } of problems) {
    if (object === undefined || position === undefined) continue;
    const key = `${object} ${position.file}`;
    if (!seen.has(key)) all.push({ ref: object, file: position.file });
    seen.add(key);
  }
  return all;
}

/** As the user would name a file from where they are: relative to the current directory when it lies below. */
function displayPaths(root: string): (path: string) => string {
  const known = new Map([[standardInput, standardInput]]);
  return (path) => {
    let shown = known.get(path);
    if (shown === undefined) {
      const full = resolve(root, path);
      const below = relative(".", full);
      shown = (below.startsWith("..") ? full : below).replaceAll(sep, "/");
      known.set(path, shown);
    }
    return shown;
  };
}

function displayed(found: Problem, toDisplay: (path: string) => string): Problem {
  if (found.position === undefined) return found;
  return { ...found, position: { ...found.position, file: toDisplay(found.position.file) } };
}
