import { createHash } from "node:crypto";
import type { Source } from "../../controller/source/source.ts";
import type { Problem, RepositoryFile, Snapshot } from "../../schemas/mod.ts";

/** A source whose snapshots are given by the test. */
export class FakeSource implements Source {
  readonly location = "fake";
  latest: Snapshot | undefined;
  problems: readonly Problem[] = [];
  readonly #onSnapshot = new Set<(snapshot: Snapshot) => void>();
  readonly #onProblems = new Set<(problems: readonly Problem[]) => void>();

  constructor(files?: Record<string, string | Uint8Array>) {
    if (files) this.latest = snapshotOf(files);
  }

  async start(): Promise<void> {
    if (this.latest) for (const listener of this.#onSnapshot) listener(this.latest);
  }

  commit(files: Record<string, string | Uint8Array>): void {
    this.deliver(snapshotOf(files));
  }

  deliver(snapshot: Snapshot): void {
    this.latest = snapshot;
    for (const listener of this.#onSnapshot) listener(snapshot);
  }

  fail(problems: readonly Problem[]): void {
    this.problems = problems;
    for (const listener of this.#onProblems) listener(problems);
  }

  onSnapshot(listener: (snapshot: Snapshot) => void): () => void {
    this.#onSnapshot.add(listener);
    return () => this.#onSnapshot.delete(listener);
  }

  onProblems(listener: (problems: readonly Problem[]) => void): () => void {
    this.#onProblems.add(listener);
    return () => this.#onProblems.delete(listener);
  }

  refresh(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const digest = (content: Uint8Array | string): string => createHash("sha256").update(content).digest("hex");

export function snapshotOf(files: Record<string, string | Uint8Array>): Snapshot {
  const entries = Object.entries(files).map(([path, text]): [string, RepositoryFile] => {
    const content = Buffer.from(text);
    return [path, { path, bytes: content.byteLength, version: digest(content), read: async () => content }];
  });
  const revision = digest(entries.map(([path, { version }]) => `${path} ${version}`).join("\n")).slice(0, 40);
  return { revision, files: new Map(entries) };
}
