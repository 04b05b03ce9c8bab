import { posix } from "node:path";
import { type Problem, problem } from "../../schemas/mod.ts";
import { escapePath, escapeText, isIgnoredName, pathFault } from "./file-names.ts";
import { sourceLimits } from "./limits.ts";

export interface TreeEntry {
  path: string;
  kind: "file" | "link";
  id: string;
  bytes: number;
}

/** Reads `git ls-tree -r -l -z`. Submodules have no content here and are left out, and so is what no source holds. */
export function parseTree(printed: string): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (const record of printed.split("\0")) {
    const tab = record.indexOf("\t");
    if (tab < 0) continue;
    const path = record.slice(tab + 1);
    const [mode, type, id, bytes] = record.slice(0, tab).split(/ +/);
    if (type !== "blob" || path.split("/").some(isIgnoredName)) continue;
    entries.push({ path, kind: mode === "120000" ? "link" : "file", id: id!, bytes: Number(bytes) });
  }
  return entries;
}

/** What stands behind a path in a tree. */
export type TreeFile =
  | { kind: "blob"; path: string; id: string; bytes: number }
  | { kind: "refused"; path: string; bytes: number; problem: Problem };

/** Tells for each entry what it holds; `targets` has what each link's blob says, by id. */
export function resolveTree(entries: TreeEntry[], targets: ReadonlyMap<string, string>): TreeFile[] {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  return entries.map((entry) => {
    const { bytes, id } = entry;
    const reason = pathFault(entry.path);
    if (reason !== undefined) {
      const path = escapePath(entry.path);
      return { kind: "refused", path, bytes, problem: problem("source.name-refused", { path, reason }) };
    }
    if (entry.kind === "file") return { kind: "blob", path: entry.path, id, bytes };
    return followLink(entry, byPath, targets);
  });
}

function followLink(
  link: TreeEntry,
  byPath: ReadonlyMap<string, TreeEntry>,
  targets: ReadonlyMap<string, string>,
): TreeFile {
  let at = link;
  for (let hops = 0; hops < sourceLimits.linkHopsMax; hops++) {
    const target = targets.get(at.id) ?? "";
    const path = posix.normalize(posix.join(posix.dirname(at.path), target));
    if (posix.isAbsolute(target) || path === ".." || path.startsWith("../"))
      return bad("it leads out of the source");
    const next = byPath.get(path);
    if (!next) return bad("it leads to no file");
    if (next.kind === "file") return { kind: "blob", path: link.path, id: next.id, bytes: next.bytes };
    at = next;
  }
  return bad("it leads through too many links");

  function bad(reason: string): TreeFile {
    const { path, bytes } = link;
    const target = escapeText(targets.get(link.id) ?? "");
    return {
      kind: "refused",
      path,
      bytes,
      problem: problem("source.link-refused", { path, target, reason }),
    };
  }
}
