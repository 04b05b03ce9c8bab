import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { watch } from "chokidar";
import type { GitCommand } from "./git-command.ts";
import { sourceLimits } from "./limits.ts";
import type { Location } from "./location.ts";

/**
 * Calls `changed` when a ref of a repository on this machine may have moved. Does nothing for a repository elsewhere,
 * or one that is not there.
 */
export async function watchRefs(
  location: Extract<Location, { kind: "git" }>,
  options: { git: GitCommand; changed: (delayMs: number) => void },
): Promise<() => Promise<void>> {
  if (location.scheme !== "file") return async () => undefined;
  const folder = await gitFolder(fileURLToPath(location.url), options.git);
  if (folder === undefined) return async () => undefined;
  const watcher = watch(folder, {
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (path) => !/^(?:|HEAD|packed-refs|(?:refs|reftable)(?:\/.*)?)$/.test(relative(folder, path)),
  });
  // The raw event comes at once; the cooked one waits for what follows an atomic rename.
  watcher.on("raw", () => options.changed(sourceLimits.refDebounceMs));
  watcher.on("all", () => options.changed(sourceLimits.refDebounceMs));
  await new Promise<void>((ready) => watcher.on("ready", ready).on("error", () => ready()));
  return () => watcher.close();
}

/** Where the refs are: a work tree's `.git` may be a file that names another folder. */
async function gitFolder(path: string, git: GitCommand): Promise<string | undefined> {
  const args = ["-C", path, "rev-parse", "--git-common-dir"];
  const printed = await git
    .run(args, AbortSignal.timeout(sourceLimits.fetchTimeoutMs))
    .catch(() => undefined);
  return printed === undefined ? undefined : resolve(join(path), printed.trim());
}
