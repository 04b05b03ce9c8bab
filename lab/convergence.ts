import { isReady, type ObjectStatus, type Reconciler, type SourceStatus } from "../controller/mod.ts";
import { fail } from "../schemas/mod.ts";

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
  let flushing = false;
  const waiting = (): string[] => {
    // What the newest objects and reports come to is judged a moment after they are known, and told to this very watcher.
    if (!flushing) {
      flushing = true;
      reconciler.board.flush();
      flushing = false;
    }
    return unsettled(reconciler.sourceStatus, reconciler.board.list());
  };
  const end = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  await new Promise<void>((done) => {
    const look = (): void => {
      if (!end.aborted && waiting().length > 0) return;
      stop();
      end.removeEventListener("abort", look);
      done();
    };
    const stop = reconciler.watch(look);
    end.addEventListener("abort", look);
    look();
  });
  signal.throwIfAborted();
  if (waiting().length > 0) fail("lab.not-converged", { afterMs: timeoutMs, waiting: waiting() });
}
