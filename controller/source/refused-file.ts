import { createHash } from "node:crypto";
import { type Problem, ProblemError, type RepositoryFile } from "../../schemas/mod.ts";

/** A file that is there and cannot be had: it is listed, so that what it held counts as broken and not as removed. */
export function refusedFile(path: string, bytes: number, found: Problem): RepositoryFile {
  const version = createHash("sha256").update(`${found.code}\0${found.message}`).digest("hex");
  return { path, bytes, version, read: () => Promise.reject(new ProblemError(found)) };
}
