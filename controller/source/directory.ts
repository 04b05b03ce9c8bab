import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as pause, setImmediate } from "node:timers/promises";
import { watch } from "chokidar";
import { fail, problem, type RepositoryFile, type Snapshot } from "../../schemas/mod.ts";
import { markOf, type Scan, type ScannedFile, scanDirectory } from "./directory-scan.ts";
import { isIgnoredName } from "./file-names.ts";
import { sourceLimits } from "./limits.ts";
import { refusedFile } from "./refused-file.ts";
import { reasonOf } from "./system-reason.ts";
import type { SourceReader } from "./watched-source.ts";

/**
 * Reads a directory. A snapshot is taken once everything has been left alone for `settleMs`, and counts only when a
 * second scan finds what the first one did. Contents stay in memory, so that a snapshot outlives the files; a file whose
 * size, times and inode are as they were is not read again.
 */
export class DirectoryReader implements SourceReader {
  readonly location: string;
  readonly #root: string;
  #known = new Map<string, { mark: string; file: RepositoryFile }>();
  #snapshot: Snapshot | undefined;

  constructor(location: { path: string; shown: string }) {
    this.location = location.shown;
    this.#root = location.path;
  }

  async read(signal: AbortSignal): Promise<Snapshot> {
    for (let attempt = 0; attempt < sourceLimits.directoryAttemptsMax; attempt++) {
      const scan = await this.#scan(signal);
      const restMs = scan.changedMs + sourceLimits.settleMs - Date.now();
      // A time further ahead than that is a clock's fault, and no reason to wait.
      if (restMs > 0 && restMs <= sourceLimits.settleMs) await pause(restMs, undefined, { signal });
      else if (await this.#take(scan, signal)) return this.#snapshot!;
    }
    return fail("source.unsteady", {
      location: this.location,
      attempts: sourceLimits.directoryAttemptsMax,
    });
  }

  async watch(changed: (delayMs: number) => void): Promise<() => Promise<void>> {
    const root = await realpath(this.#root).catch(() => this.#root);
    // Watching the folders is enough: they tell of every change to what is in them.
    const watcher = watch(root, {
      ignoreInitial: true,
      followSymlinks: false,
      ignored: (path, stats) =>
        (path !== root && isIgnoredName(basename(path))) || (stats !== undefined && !stats.isDirectory()),
    });
    watcher.on("raw", () => changed(sourceLimits.settleMs));
    watcher.on("all", () => changed(sourceLimits.settleMs));
    // A watch that fails (there is a limit to them) leaves the looks by the clock.
    await new Promise<void>((ready) => watcher.on("ready", ready).on("error", () => ready()));
    return () => watcher.close();
  }

  async close(): Promise<void> {
    this.#known.clear();
  }

  /** A scan within the limits, of a directory that is there and has something in it. */
  async #scan(signal: AbortSignal): Promise<Scan> {
    const { location } = this;
    const scan = await scanDirectory(this.#root, signal).catch((error: unknown) =>
      fail("source.unreachable", { location, reason: reasonOf(error) }, { cause: error }),
    );
    // This is how a volume looks that is not mounted; taking it at its word would remove everything everywhere.
    if (scan.files.size === 0) fail("source.unreachable", { location, reason: "it holds no file" });
    const { filesMax, fileBytesMax, directoryBytesMax } = sourceLimits;
    const revision = "its present state";
    if (scan.files.size > filesMax) {
      fail("source.too-large", { location, revision, what: "files", is: scan.files.size, max: filesMax });
    }
    let bytes = 0;
    for (const file of scan.files.values()) if (file.bytes <= fileBytesMax) bytes += file.bytes;
    if (bytes > directoryBytesMax) {
      fail("source.too-large", { location, revision, what: "bytes", is: bytes, max: directoryBytesMax });
    }
    return scan;
  }

  /** Reads what the scan says has changed. False when it changed again meanwhile. */
  async #take(scan: Scan, signal: AbortSignal): Promise<boolean> {
    const known = this.#known;
    const changed = [...scan.files.values()].filter((one) => known.get(one.path)?.mark !== one.mark);
    if (this.#snapshot && changed.length === 0 && known.size === scan.files.size) return true;
    const fresh = await readAll(changed, signal);
    if (!fresh || !sameMarks(scan, await this.#scan(signal))) return false;
    const next = new Map<string, { mark: string; file: RepositoryFile }>();
    for (const path of [...scan.files.keys()].sort()) {
      const before = known.get(path);
      const file = fresh.get(path);
      const same = file === undefined || file.version === before?.file.version;
      next.set(path, { mark: scan.files.get(path)!.mark, file: same ? before!.file : file });
    }
    this.#known = next;
    const revision = revisionOf(next);
    if (revision !== this.#snapshot?.revision) {
      this.#snapshot = { revision, files: new Map([...next].map(([path, { file }]) => [path, file])) };
    }
    return true;
  }
}

/**
 * The files read; undefined when one of them was written to meanwhile. In place and in slices, for the reason that
 * scanning is.
 */
async function readAll(
  scanned: ScannedFile[],
  signal: AbortSignal,
): Promise<Map<string, RepositoryFile> | undefined> {
  const files = new Map<string, RepositoryFile>();
  let sliceEnd = performance.now() + sourceLimits.scanSliceMs;
  for (const one of scanned) {
    const file = readOne(one);
    if (!file) return undefined;
    files.set(one.path, file);
    if (performance.now() < sliceEnd) continue;
    await setImmediate(undefined, { signal });
    sliceEnd = performance.now() + sourceLimits.scanSliceMs;
  }
  return files;
}

function readOne(scanned: ScannedFile): RepositoryFile | undefined {
  const { path, bytes } = scanned;
  if (scanned.kind === "refused") return refusedFile(path, bytes, scanned.problem);
  if (bytes > sourceLimits.fileBytesMax) {
    const data = { path, bytes, bytesMax: sourceLimits.fileBytesMax };
    return refusedFile(path, bytes, problem("source.file-too-large", data));
  }
  try {
    const content = readSteady(scanned.real, scanned.mark);
    if (!content) return undefined;
    const version = createHash("sha256").update(content).digest("hex");
    return { path, bytes, version, read: async () => content };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return refusedFile(path, bytes, problem("source.file-unreadable", { path, reason: reasonOf(error) }));
  }
}

/** The content, when the file has the mark both before and after it is read. */
function readSteady(path: string, mark: string): Uint8Array | undefined {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (markOf(fstatSync(file, { bigint: true })) !== mark) return undefined;
    const content = readFileSync(file);
    return markOf(fstatSync(file, { bigint: true })) === mark ? content : undefined;
  } finally {
    closeSync(file);
  }
}

function sameMarks(one: Scan, other: Scan): boolean {
  if (one.files.size !== other.files.size) return false;
  for (const [path, { mark }] of one.files) if (other.files.get(path)?.mark !== mark) return false;
  return true;
}

/** Digest over all paths and versions, in the order of the paths. */
function revisionOf(files: ReadonlyMap<string, { file: RepositoryFile }>): string {
  const hash = createHash("sha256");
  for (const [path, { file }] of files) hash.update(`${path}\0${file.version}\n`);
  return hash.digest("hex");
}
