import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder, and those above it that are missing. What `mkdir` of Node says ENOENT of, on a file system that is
 * read-only for one, is told as it is.
 */
export async function makeFolder(path: string): Promise<void> {
  const options = { mode: 0o700 } as const;
  try {
    await mkdir(path, { recursive: true, ...options });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path, options);
  }
}
