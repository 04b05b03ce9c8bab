import { fail, problem, type RepositoryFile } from "../../schemas/mod.ts";
import type { GitObjects } from "./git-objects.ts";
import type { TreeFile } from "./git-tree.ts";
import { lfsPointerBytes } from "./lfs-pointer.ts";
import { sourceLimits } from "./limits.ts";
import { refusedFile } from "./refused-file.ts";

/** One entry of a commit's tree, as a file of a snapshot. */
export function gitFile(entry: TreeFile, objects: GitObjects): RepositoryFile {
  const { path, bytes } = entry;
  if (entry.kind === "refused") return refusedFile(path, bytes, entry.problem);
  if (bytes > sourceLimits.fileBytesMax) {
    const data = { path, bytes, bytesMax: sourceLimits.fileBytesMax };
    return refusedFile(path, bytes, problem("source.file-too-large", data));
  }
  return { path, bytes, version: entry.id, read: () => readBlob(path, entry.id, objects) };
}

async function readBlob(path: string, id: string, objects: GitObjects): Promise<Uint8Array> {
  const content = await objects
    .read(id, "blob")
    .catch((error: Error) =>
      fail("source.unreachable", { location: path, reason: error.message }, { cause: error }),
    );
  const pointed = lfsPointerBytes(content);
  return pointed === undefined ? content : fail("source.lfs-pointer", { path, bytes: pointed });
}
