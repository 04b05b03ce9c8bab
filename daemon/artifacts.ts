import { type BlobStore, type Command, limits } from "../bus/mod.ts";
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

type Install = Command & { verb: "install" };

/**
 * Takes the artifacts that units need and this host does not have yet, several at a time, and puts them on disk: private
 * ones out of the commands, the others from the blob store. Resolves to what cannot be had, and why; nothing else was touched.
 */
export async function fetchArtifacts(
  commands: readonly Install[],
  from: BlobStore,
  into: BlobFolder,
): Promise<Map<Digest, Problem>> {
  const missing = new Map<Digest, { artifact: Artifact; enclosed: string | undefined }>();
  for (const { unit, enclosed } of commands) {
    for (const artifact of unit.artifacts) {
      const { digest } = artifact;
      if (!into.has(digest)) missing.set(digest, { artifact, enclosed: enclosed?.[digest] });
    }
  }
  const failed = new Map<Digest, Problem>();
  await inParallel([...missing.values()], fetchesAtOnce, async ({ artifact, enclosed }) => {
    const { digest, bytes } = artifact;
    try {
      if (bytes > limits.blobBytesMax)
        fail("artifact.too-large", { digest, bytes, bytesMax: limits.blobBytesMax });
      // The digest of a blob was verified as it came (`BlobStore.get`), and is again whenever it is read from disk.
      const content = artifact.private
        ? enclosedContent(enclosed, digest)
        : await from.get(digest, { timeoutMs: fetchDeadlineMs });
      await into.write(digest, content);
    } catch (error) {
      failed.set(digest, fetchProblem(error, digest));
    }
  });
  return failed;
}

function enclosedContent(enclosed: string | undefined, digest: Digest): Uint8Array {
  if (enclosed === undefined) return fail("artifact.missing", { digest });
  const content = Buffer.from(enclosed, "base64");
  const is = sha256(content);
  return is === digest ? content : fail("artifact.corrupt", { digest, is });
}

/** A unit's artifacts by name, from disk; the problem of the first that is not there or damaged. */
export async function loadArtifacts(
  unit: Unit,
  from: BlobFolder,
): Promise<Map<string, Uint8Array> | Problem> {
  const loaded = new Map<string, Uint8Array>();
  for (const { name, digest, private: isPrivate } of unit.artifacts) {
    const content = await (isPrivate ? from.readPrivate(digest) : from.read(digest));
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
