import type { BigIntStats, Dirent } from "node:fs";
import { lstat, readdir, readlink, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { type Problem, problem } from "../../schemas/mod.ts";
import { escapePath, escapeText, isIgnoredName, pathFault } from "./file-names.ts";
import { sourceLimits } from "./limits.ts";

/** One file of a directory as `stat` sees it; `mark` differs whenever the file may have been written since. */
export type ScannedFile =
  | { kind: "file"; path: string; real: string; bytes: number; mark: string }
  | { kind: "refused"; path: string; bytes: number; mark: string; problem: Problem };

export interface Scan {
  files: Map<string, ScannedFile>;
  /** When a file or folder was changed last, in milliseconds since 1970. */
  changedMs: number;
}

/**
 * All files under `root` now, without reading any; stops over `filesMax`. Rejects with the system's error when the root,
 * or a folder in it, is there and cannot be listed.
 */
export async function scanDirectory(root: string, signal: AbortSignal): Promise<Scan> {
  const scan: Scan = { files: new Map(), changedMs: 0 };
  const realRoot = await realpath(root);
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal.throwIfAborted();
    const entries = await listFolder(join(realRoot, folder), folder !== "", scan);
    const scanned = await Promise.all(
      entries.map((entry) => {
        const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory() && pathFault(path) === undefined) folders.push(path);
        return entry.isDirectory() ? undefined : scanEntry(realRoot, path, scan);
      }),
    );
    for (const one of scanned) if (one) scan.files.set(one.path, one);
    if (scan.files.size > sourceLimits.filesMax) break;
  }
  return scan;
}

/** Two stats of one file with one mark have one content, as far as a file system can tell. */
export function markOf(stats: BigIntStats): string {
  return `${stats.size} ${stats.mtimeNs} ${stats.ctimeNs} ${stats.ino} ${stats.dev}`;
}

async function listFolder(folder: string, mayBeGone: boolean, scan: Scan): Promise<Dirent[]> {
  try {
    noteChange(scan, await lstat(folder, { bigint: true }));
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => !isIgnoredName(entry.name));
  } catch (error) {
    // Gone since its parent was listed: the scan after this one will show the same, or what is true then.
    if (mayBeGone && isGone(error)) return [];
    throw error;
  }
}

async function scanEntry(root: string, path: string, scan: Scan): Promise<ScannedFile | undefined> {
  const fault = pathFault(path);
  if (fault !== undefined) {
    const shown = escapePath(path);
    return refused(shown, problem("source.name-refused", { path: shown, reason: fault }));
  }
  try {
    const stats = await lstat(join(root, path), { bigint: true });
    noteChange(scan, stats);
    if (stats.isSymbolicLink()) return await scanLink(root, path, scan);
    return stats.isFile() ? file(path, join(root, path), stats) : undefined;
  } catch (error) {
    if (isGone(error)) return undefined;
    return refused(path, problem("source.file-unreadable", { path, reason: reasonOf(error) }));
  }
}

async function scanLink(root: string, path: string, scan: Scan): Promise<ScannedFile> {
  const target = escapeText(await readlink(join(root, path)));
  const real = await realpath(join(root, path)).catch((error: Error) => error);
  if (typeof real !== "string") return bad("it leads to no file");
  if (!real.startsWith(root + sep)) return bad("it leads out of the source");
  const stats = await stat(real, { bigint: true });
  noteChange(scan, stats);
  return stats.isFile() ? file(path, real, stats) : bad("it leads to no file");

  function bad(reason: string): ScannedFile {
    return refused(path, problem("source.link-refused", { path, target, reason }));
  }
}

function file(path: string, real: string, stats: BigIntStats): ScannedFile {
  return { kind: "file", path, real, bytes: Number(stats.size), mark: markOf(stats) };
}

function refused(path: string, found: Problem): ScannedFile {
  return { kind: "refused", path, bytes: 0, mark: found.message, problem: found };
}

function noteChange(scan: Scan, stats: BigIntStats): void {
  scan.changedMs = Math.max(scan.changedMs, Number(stats.ctimeNs / 1_000_000n));
}

function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** What the system said, without the path it said it of. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : message.replace(/, \w+ '.*$/, "");
}
