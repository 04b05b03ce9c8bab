import {
  type BigIntStats,
  type Dirent,
  lstatSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
} from "node:fs";
import { join, sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type Problem, problem } from "../../schemas/mod.ts";
import { escapePath, escapeText, isIgnoredName, pathFault } from "./file-names.ts";
import { sourceLimits } from "./limits.ts";
import { reasonOf } from "./system-reason.ts";

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
 *
 * System calls are made in place, in slices of `scanSliceMs`: through the thread pool each would cost several times
 * what it takes.
 */
export async function scanDirectory(root: string, signal: AbortSignal): Promise<Scan> {
  const scan: Scan = { files: new Map(), changedMs: 0 };
  const realRoot = realpathSync(root);
  const folders = [""];
  let sliceEnd = performance.now() + sourceLimits.scanSliceMs;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of listFolder(join(realRoot, folder), folder !== "", scan)) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && pathFault(path) === undefined) {
        folders.push(path);
        continue;
      }
      const one = scanEntry(realRoot, path, scan);
      if (one) scan.files.set(one.path, one);
      if (performance.now() < sliceEnd) continue;
      await setImmediate(undefined, { signal });
      sliceEnd = performance.now() + sourceLimits.scanSliceMs;
    }
    if (scan.files.size > sourceLimits.filesMax) break;
  }
  return scan;
}

/** Two stats of one file with one mark have one content, as far as a file system can tell. */
export function markOf(stats: BigIntStats): string {
  return `${stats.size} ${stats.mtimeNs} ${stats.ctimeNs} ${stats.ino} ${stats.dev}`;
}

function listFolder(folder: string, mayBeGone: boolean, scan: Scan): Dirent[] {
  try {
    noteChange(scan, lstatSync(folder, { bigint: true }));
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => !isIgnoredName(entry.name));
  } catch (error) {
    // Gone since its parent was listed: the scan after this one will show the same, or what is true then.
    if (mayBeGone && isGone(error)) return [];
    throw error;
  }
}

function scanEntry(root: string, path: string, scan: Scan): ScannedFile | undefined {
  const fault = pathFault(path);
  if (fault !== undefined) {
    const shown = escapePath(path);
    return refused(shown, problem("source.name-refused", { path: shown, reason: fault }));
  }
  try {
    const stats = lstatSync(join(root, path), { bigint: true });
    noteChange(scan, stats);
    if (stats.isSymbolicLink()) return scanLink(root, path, scan);
    return stats.isFile() ? file(path, join(root, path), stats) : undefined;
  } catch (error) {
    if (isGone(error)) return undefined;
    return refused(path, problem("source.file-unreadable", { path, reason: reasonOf(error) }));
  }
}

function scanLink(root: string, path: string, scan: Scan): ScannedFile {
  const target = escapeText(readlinkSync(join(root, path)));
  const real = realPathOf(join(root, path));
  if (real === undefined) return bad("it leads to no file");
  if (!real.startsWith(root + sep)) return bad("it leads out of the source");
  const stats = statSync(real, { bigint: true });
  noteChange(scan, stats);
  return stats.isFile() ? file(path, real, stats) : bad("it leads to no file");

  function bad(reason: string): ScannedFile {
    return refused(path, problem("source.link-refused", { path, target, reason }));
  }
}

/** Undefined when a link on the way leads nowhere, or round in a circle. */
function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (isGone(error) || (error as NodeJS.ErrnoException).code === "ELOOP") return undefined;
    throw error;
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
