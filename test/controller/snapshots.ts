import type { Source } from "../../controller/source/source.ts";
import type { Problem, ProblemError, Snapshot } from "../../schemas/mod.ts";

const deadlineMs = 60_000;

/** All of a snapshot, as text by path; a file that cannot be had is its problem's code in angle brackets. */
export async function contents(snapshot: Snapshot | undefined): Promise<Record<string, string>> {
  const read: Record<string, string> = {};
  for (const [path, file] of snapshot?.files ?? []) {
    read[path] = await file.read().then(
      (content) => Buffer.from(content).toString(),
      (error) => `<${(error as ProblemError).problem.code}>`,
    );
  }
  return read;
}

/** Waits until the source has a snapshot that will do. */
export async function snapshotWith(
  source: Source,
  wanted: (snapshot: Snapshot) => boolean,
): Promise<Snapshot> {
  return eventually(
    (check) => source.onSnapshot(check),
    () => (source.latest && wanted(source.latest) ? source.latest : undefined),
  );
}

/** Waits until the source has a problem of this code; undefined: until it has none. */
export async function problemWith(
  source: Source,
  code: Problem["code"] | undefined,
): Promise<Problem | undefined> {
  const found = await eventually(
    (check) => source.onProblems(check),
    () => {
      if (code === undefined) return source.problems.length === 0 ? { problem: undefined } : undefined;
      const problem = source.problems.find((one) => one.code === code);
      return problem && { problem };
    },
  );
  return found.problem;
}

function eventually<T>(subscribe: (check: () => void) => () => void, probe: () => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => end(() => reject(new Error("what was waited for did not come"))),
      deadlineMs,
    );
    const unsubscribe = subscribe(check);
    check();

    function check(): void {
      const found = probe();
      if (found !== undefined) end(() => resolve(found));
    }

    function end(settle: () => void): void {
      clearTimeout(late);
      // The first check runs before there is anything to unsubscribe.
      queueMicrotask(() => unsubscribe());
      settle();
    }
  });
}
