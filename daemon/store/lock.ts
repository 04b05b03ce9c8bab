import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../../schemas/mod.ts";
import { tryLock } from "../linux/mod.ts";

export interface FolderLock {
  release(): void;
}

/**
 * Keeps a second daemon out of a folder. The kernel gives the lock back when its holder ends, however it ends, so that
 * a lock never goes stale. Throws `store.locked`.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, "lock");
  const fd = openSync(path, "a+", 0o600);
  if (!tryLock(fd)) {
    closeSync(fd);
    fail("store.locked", { folder, process: readFileSync(path, "utf8").trim() });
  }
  // For people, and for the message above; nothing is decided by it.
  ftruncateSync(fd);
  writeSync(fd, `${process.pid}\n`);
  return { release: () => closeSync(fd) };
}
