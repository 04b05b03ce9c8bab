import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ProblemError } from "../../schemas/mod.ts";
import { GitReader } from "./git.ts";
import { sourceLimits } from "./limits.ts";
import { parseLocation } from "./location.ts";
import { absoluteCredentials } from "./open-source.ts";
import type { SourceOptions } from "./source.ts";
import { WatchedSource } from "./watched-source.ts";

const mirrorRef = "refs/heads/mirror";

export interface Mirror {
  /** The mirror, for `openSource`, as what is mirrored changes. */
  location: string;
  /** How the original is shown. */
  shown: string;
  close(): Promise<void>;
}

/**
 * Keeps a copy of a remote ref in a repository on this machine, for a process that cannot reach the remote: one in a
 * network namespace of its own. Undefined for what is on this machine anyway. Rejects with the problem that the first
 * look met.
 */
export async function mirrorSource(
  location: string,
  options: SourceOptions & { folder: string },
): Promise<Mirror | undefined> {
  const { ref, subpath, git, credentials, verify } = options;
  const parsed = parseLocation(location, { ref, subpath, git });
  if (parsed.kind !== "git" || parsed.scheme === "file") return undefined;
  const folder = resolve(options.folder);
  await mkdir(folder, { recursive: true });
  const reader = new GitReader(parsed, {
    folder,
    credentials: absoluteCredentials(credentials),
    verify,
    publishAs: mirrorRef,
  });
  const source = new WatchedSource(reader, {
    pollIntervalMs: options.pollIntervalMs ?? sourceLimits.pollIntervalMs,
    deadlineMs: options.fetchTimeoutMs ?? sourceLimits.fetchTimeoutMs,
  });
  await source.start();
  const [found] = source.problems;
  if (found || !reader.storePath) {
    await source.close();
    throw found ? new ProblemError(found) : new Error("a source without a problem has fetched nothing");
  }
  const url = pathToFileURL(reader.storePath).href;
  const root = parsed.subpath === "" ? "" : `//${parsed.subpath}`;
  return { location: `${url}${root}#${mirrorRef}`, shown: parsed.shown, close: () => source.close() };
}
