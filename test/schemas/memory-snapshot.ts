import { createHash } from "node:crypto";
import type { RepositoryFile, Snapshot } from "../../schemas/mod.ts";

/** A snapshot of files given by path; `reads` counts how often each was read. */
export function memorySnapshot(
  contents: Record<string, string | Uint8Array>,
): Snapshot & { reads: Map<string, number> } {
  const reads = new Map<string, number>();
  const files = new Map<string, RepositoryFile>();
  for (const [path, content] of Object.entries(contents)) {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    files.set(path, {
      path,
      bytes: bytes.length,
      version: createHash("sha256").update(bytes).digest("hex"),
      read: async () => {
        reads.set(path, (reads.get(path) ?? 0) + 1);
        return bytes;
      },
    });
  }
  return { revision: "1", files, reads };
}
