import { isReady, type ObjectStatus, type Reconciler, type SourceStatus } from "../controller/mod.ts";
import { fail } from "../schemas/mod.ts";
import { deadline } from "./deadline.ts";

/** What keeps a fleet from being as its source says, a line each; empty when it is. */
export function unsettled(source: SourceStatus, objects: Iterable<ObjectStatus>): string[] {
  const sourceReady = source.conditions.find(({ type }) => type === "Ready");
  return [
    ...(sourceReady?.status === "True" ? [] : [`source: ${sourceReady?.message ?? "not read yet"}`]),
    ...[...objects]
      .filter((status) => !isReady(status))
      .map(({ object, conditions }) => {
        const message = conditions.find(({ type }) => type === "Ready")?.message ?? "not judged yet";
        return `${object} (${message})`;
      }),
  ];
}

/** Resolves when the fleet is as its source says; rejects with `lab.not-converged` when it is not in time. */
export async function converged(
  reconciler: Pick<Reconciler, "watch" | "board" | "sourceStatus">,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<void> {
  const { signal: end, clear } = deadline(signal, timeoutMs);
  let waiting: string[] = [];
  await new Promise<void>((done) => {
    let judging = false;
    const look = (): void => {
      // Judging tells this watcher of each object in turn; only after the last of them the whole can be seen.
      if (judging) return;
      judging = true;
      reconciler.board.flush();
      judging = false;
      waiting = unsettled(reconciler.sourceStatus, reconciler.board.list());
      if (waiting.length > 0 && !end.aborted) return;
      stop();
      end.removeEventListener("abort", look);
      done();
    };
    const stop = reconciler.watch(look);
    end.addEventListener("abort", look);
    look();
  });
  clear();
  signal.throwIfAborted();
  if (waiting.length > 0) fail("lab.not-converged", { afterMs: timeoutMs, waiting });
}
