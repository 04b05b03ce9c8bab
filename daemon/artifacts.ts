import { type BlobStore, limits } from "../bus/mod.ts";
import {
  type Artifact,
  type Digest,
  fail,
  type Problem,
  ProblemError,
  problem,
  problemOf,
  type Unit,
} from "../schemas/mod.ts";
import type { BlobFolder } from "./store/blob-folder.ts";
import { sha256 } from "./store/checked-file.ts";
import { inParallel } from "./store/parallel.ts";

const fetchesAtOnce = 8;
const fetchDeadlineMs = 15_000;

/**
 * Fetches the artifacts that units need and this host does not have yet, several at a time, and puts them on disk.
 * Resolves to what cannot be had, and why; nothing else was touched.
 */
export async function fetchArtifacts(
  units: readonly Unit[],
  from: BlobStore,
  into: BlobFolder,
): Promise<Map<Digest, Problem>> {
  const missing = new Map<Digest, Artifact>();
  for (const artifact of units.flatMap((unit) => unit.artifacts)) {
    if (!into.has(artifact.digest)) missing.set(artifact.digest, artifact);
  }
  const failed = new Map<Digest, Problem>();
  await inParallel([...missing.values()], fetchesAtOnce, async ({ digest, bytes }) => {
    try {
      if (bytes > limits.blobBytesMax)
        fail("artifact.too-large", { digest, bytes, bytesMax: limits.blobBytesMax });
      const content = await from.get(digest, { timeoutMs: fetchDeadlineMs });
      const is = sha256(content);
      if (is !== digest) fail("artifact.corrupt", { digest, is });
      await into.write(digest, content);
    } catch (error) {
      failed.set(digest, fetchProblem(error, digest));
    }
  });
  return failed;
}

/** A unit's artifacts by name, from disk; the problem of the first that is not there or damaged. */
export async function loadArtifacts(
  unit: Unit,
  from: BlobFolder,
): Promise<Map<string, Uint8Array> | Problem> {
  const loaded = new Map<string, Uint8Array>();
  for (const { name, digest } of unit.artifacts) {
    const content = await from.read(digest);
    if (!content) return problem("artifact.missing", { digest });
    loaded.set(name, content);
  }
  return loaded;
}

/** What is no problem of its own comes from the disk. */
function fetchProblem(error: unknown, digest: Digest): Problem {
  if (error instanceof ProblemError) return error.problem;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) return problemOf(error);
  return problem("store.unwritable", { folder: `blobs/${digest}`, reason: (error as Error).message });
}
