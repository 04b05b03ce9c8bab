import { closeSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { isYamlFile, type Problem, problem, type RepositoryFile, sourceLimits } from "../../schemas/mod.ts";

/** What is read at once; nearly every object is smaller. */
const chunk = Buffer.allocUnsafeSlow(65_536);

/**
 * A file on disk as a snapshot has it. Asking for its size reads it, so that a file is opened once; what was read is kept
 * until it is asked for. Synchronous beneath: one thread reading small files is faster without a pool of threads between.
 */
export class DiskFile implements RepositoryFile {
  readonly path: string;
  /** Within one run a path has one content. */
  readonly version: string;
  readonly #real: string;
  #content: Uint8Array | undefined;
  #bytes: number | undefined;

  constructor(path: string, real: string) {
    this.path = path;
    this.version = path;
    this.#real = real;
  }

  get bytes(): number {
    if (this.#bytes === undefined) this.#load();
    return this.#bytes as number;
  }

  read(): Promise<Uint8Array> {
    const content = this.#content ?? readFileSync(this.#real);
    this.#content = undefined;
    return Promise.resolve(content);
  }

  /** To the end, or past the limit of any file; what the path names may also be a pipe. */
  #load(): void {
    const descriptor = openSync(this.#real, "r");
    try {
      const parts: Uint8Array[] = [];
      let bytes = 0;
      for (let count = readSync(descriptor, chunk); count > 0; count = readSync(descriptor, chunk)) {
        parts.push(Uint8Array.prototype.slice.call(chunk, 0, count));
        bytes += count;
        if (bytes > sourceLimits.fileBytesMax) break;
      }
      this.#content = parts.length === 1 ? parts[0] : Buffer.concat(parts);
      this.#bytes = bytes;
    } finally {
      closeSync(descriptor);
    }
  }
}

/**
 * The files below a root: those that were asked for, and any other (an artifact) as soon as it is looked up. Nothing
 * outside the root is found, not through symbolic links either.
 */
export class DiskFiles extends Map<string, RepositoryFile> {
  readonly #root: string;
  /** What was looked up, beside what was asked for. */
  readonly #found = new Map<string, RepositoryFile | undefined>();

  constructor(root: string) {
    super();
    this.#root = realpathSync(root);
  }

  override get(path: string): RepositoryFile | undefined {
    const known = super.get(path) ?? this.#found.get(path);
    if (known !== undefined || this.#found.has(path)) return known;
    const found = this.#find(path);
    this.#found.set(path, found);
    return found;
  }

  #find(path: string): RepositoryFile | undefined {
    let real: string;
    try {
      real = realpathSync(resolve(this.#root, path));
      if (!statSync(real).isFile()) return undefined;
    } catch (error) {
      if (["ENOENT", "ENOTDIR", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? ""))
        return undefined;
      throw error;
    }
    return real.startsWith(`${this.#root}${sep}`) ? new DiskFile(path, real) : undefined;
  }
}

/** Adds a directory's YAML files, by path from `root`; a symbolic link that leads out of `root` is a problem. */
export function addDirectory(files: DiskFiles, directory: string, root: string): Problem[] {
  const problems: Problem[] = [];
  const waiting = [directory];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const full = `${folder}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(full);
      if (!isYamlFile(entry.name)) continue;
      const path = relative(root, full).replaceAll(sep, "/");
      if (entry.isFile()) files.set(path, new DiskFile(path, full));
      else if (entry.isSymbolicLink()) {
        const target = files.get(path);
        if (target !== undefined) files.set(path, target);
        else problems.push(refusedLink(path, full));
      }
    }
  }
  return problems;
}

function refusedLink(path: string, full: string): Problem {
  let target = "?";
  try {
    target = realpathSync(full);
  } catch {
    return problem("source.link-refused", { path, target, reason: "it leads nowhere" }, placeOf(path));
  }
  const reason = "it leads to no file inside the root";
  return problem("source.link-refused", { path, target, reason }, placeOf(path));
}

function placeOf(path: string) {
  return { position: { file: path, line: 1, column: 1 } };
}
