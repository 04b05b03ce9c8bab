import { resolve } from "node:path";
import { fail } from "../../schemas/mod.ts";
import { DirectoryReader } from "./directory.ts";
import { GitReader } from "./git.ts";
import { sourceLimits } from "./limits.ts";
import { parseLocation } from "./location.ts";
import type { GitCredentials, Source, SourceOptions } from "./source.ts";
import { WatchedSource } from "./watched-source.ts";

/**
 * A source for `PATH` or `URL`, with `//SUBPATH` and `#REF` as needed (docs/sources.md). Nothing is read until it is
 * started. Throws `source.location-invalid`.
 */
export function openSource(location: string, options: SourceOptions = {}): Source {
  const { ref, subpath, git, folder, credentials, verify } = options;
  const found = parseLocation(location, { ref, subpath, git });
  const parsed = { ...found, shown: options.shown ?? found.shown };
  const pollIntervalMs = options.pollIntervalMs ?? sourceLimits.pollIntervalMs;
  const deadlineMs = options.fetchTimeoutMs ?? sourceLimits.fetchTimeoutMs;
  const reader =
    parsed.kind === "directory"
      ? new DirectoryReader(parsed)
      : new GitReader(parsed, {
          folder: resolve(folderFor(location, folder)),
          credentials: absoluteCredentials(credentials),
          verify,
        });
  if (parsed.kind === "git" && parsed.scheme === "http" && credentials?.tokenFile !== undefined) {
    fail("source.location-invalid", { location: parsed.shown, reason: "a token goes over https only" });
  }
  return new WatchedSource(reader, { pollIntervalMs, deadlineMs });
}

/** Git runs in another folder than the one that paths are relative to here. */
export function absoluteCredentials(credentials: GitCredentials = {}): GitCredentials {
  const entries = Object.entries(credentials).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, name === "user" ? value : resolve(value)]));
}

function folderFor(location: string, folder: string | undefined): string {
  const reason = "a git source needs a folder to keep what it fetches";
  return folder ?? fail("source.location-invalid", { location, reason });
}
