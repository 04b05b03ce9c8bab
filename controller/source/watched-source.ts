import { type Problem, problem, problemOf, type Snapshot } from "../../schemas/mod.ts";
import { LookLoop } from "./look-loop.ts";
import type { Source } from "./source.ts";

/** What differs between kinds of sources. Everything that goes wrong rejects with a `ProblemError`. */
export interface SourceReader {
  readonly location: string;
  /** The snapshot that is there now; the same object as before when nothing has changed. */
  read(signal: AbortSignal): Promise<Snapshot>;
  /** Calls `changed` when a look may be worth it; resolves to the way to stop that. Best effort: the clock looks too. */
  watch(changed: (delayMs: number) => void): Promise<() => Promise<void>>;
  /** Work that can wait until a snapshot has been handed out. */
  rest?(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** A source over a reader: looks again and again, keeps the last snapshot, tells listeners. */
export class WatchedSource implements Source {
  readonly location: string;
  readonly #reader: SourceReader;
  readonly #deadlineMs: number;
  readonly #loop: LookLoop;
  #looking = new AbortController();
  #isClosed = false;
  readonly #snapshotListeners = new Set<(snapshot: Snapshot) => void>();
  readonly #problemListeners = new Set<(problems: readonly Problem[]) => void>();
  #unwatch: (() => Promise<void>) | undefined;
  #latest: Snapshot | undefined;
  #problems: readonly Problem[] = [];

  constructor(reader: SourceReader, options: { pollIntervalMs: number; deadlineMs: number }) {
    this.location = reader.location;
    this.#reader = reader;
    this.#deadlineMs = options.deadlineMs;
    this.#loop = new LookLoop(() => this.#look(), { intervalMs: options.pollIntervalMs });
  }

  get latest(): Snapshot | undefined {
    return this.#latest;
  }

  get problems(): readonly Problem[] {
    return this.#problems;
  }

  onSnapshot(listener: (snapshot: Snapshot) => void): () => void {
    this.#snapshotListeners.add(listener);
    return () => this.#snapshotListeners.delete(listener);
  }

  onProblems(listener: (problems: readonly Problem[]) => void): () => void {
    this.#problemListeners.add(listener);
    return () => this.#problemListeners.delete(listener);
  }

  async start(): Promise<void> {
    // Watching begins before the first look, so that no change falls between them.
    await this.#watch();
    await this.#loop.now();
  }

  refresh(): Promise<void> {
    return this.#loop.now();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#looking.abort();
    await this.#loop.close();
    await this.#unwatch?.();
    await this.#reader.close();
    this.#snapshotListeners.clear();
    this.#problemListeners.clear();
  }

  async #look(): Promise<"done" | "failed"> {
    let isLate = false;
    const looking = new AbortController();
    const deadline = setTimeout(() => {
      isLate = true;
      looking.abort();
    }, this.#deadlineMs);
    this.#looking = looking;
    const { signal } = looking;
    try {
      // What has come back after it was gone is another thing to watch.
      if (this.#problems.length > 0) await this.#watch();
      const snapshot = await this.#reader.read(signal);
      if (this.#isClosed) return "done";
      if (snapshot !== this.#latest) {
        this.#latest = snapshot;
        for (const listener of this.#snapshotListeners) listener(snapshot);
      }
      await this.#reader.rest?.(signal);
      this.#setProblems([]);
      return "done";
    } catch (error) {
      if (this.#isClosed) return "done";
      this.#setProblems([isLate ? this.#late() : problemOf(error)]);
      return "failed";
    } finally {
      clearTimeout(deadline);
    }
  }

  async #watch(): Promise<void> {
    await this.#unwatch?.();
    this.#unwatch = await this.#reader.watch((delayMs) => this.#loop.soon(delayMs));
    // Closed meanwhile: nobody else would end this watch.
    if (this.#isClosed) await this.#unwatch();
  }

  #late(): Problem {
    const reason = `it took longer than ${this.#deadlineMs / 1000} s`;
    return problem("source.unreachable", { location: this.location, reason });
  }

  #setProblems(problems: readonly Problem[]): void {
    const key = (list: readonly Problem[]) => list.map((one) => `${one.code} ${one.message}`).join("\n");
    if (key(problems) === key(this.#problems)) return;
    this.#problems = problems;
    for (const listener of this.#problemListeners) listener(problems);
  }
}
