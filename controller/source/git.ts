import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, ProblemError, type RepositoryFile, type Snapshot } from "../../schemas/mod.ts";
import { GitCommand, isUnreachable } from "./git-command.ts";
import { gitConfig, gitEnvironment } from "./git-config.ts";
import { gitFile } from "./git-file.ts";
import { GitStore } from "./git-store.ts";
import { parseTree, resolveTree, type TreeEntry } from "./git-tree.ts";
import { sourceLimits } from "./limits.ts";
import type { Location } from "./location.ts";
import { watchRefs } from "./ref-watch.ts";
import { findTip, type Tip, tipPatterns } from "./remote-tip.ts";
import type { GitCredentials, Verifier } from "./source.ts";
import { reasonOf } from "./system-reason.ts";
import type { SourceReader } from "./watched-source.ts";

type GitLocation = Extract<Location, { kind: "git" }>;

/**
 * Reads a branch, tag or commit of a git repository. A look asks the remote where the ref is, fetches only when it has
 * moved, and reads the tree out of the object store; nothing is checked out, so no name in it can reach the file system.
 */
export class GitReader implements SourceReader {
  readonly location: string;
  readonly #at: GitLocation;
  readonly #folder: string;
  readonly #credentials: GitCredentials;
  readonly #verify: Verifier | undefined;
  readonly #tidyAfter: number | undefined;
  readonly #publishAs: string | undefined;
  readonly #environment: Record<string, string>;
  readonly #git: GitCommand;
  #store: GitStore | undefined;
  #tip: Tip | undefined;
  #snapshot: Snapshot | undefined;

  constructor(
    location: GitLocation,
    options: {
      folder: string;
      credentials?: GitCredentials | undefined;
      verify?: Verifier | undefined;
      /** A full ref name, to be pointed at each revision in the object store. */
      publishAs?: string | undefined;
      /** Fetched revisions from one tidying of the object store to the next. */
      tidyAfter?: number;
    },
  ) {
    this.location = location.shown;
    this.#at = location;
    this.#folder = options.folder;
    this.#credentials = options.credentials ?? {};
    this.#verify = options.verify;
    this.#tidyAfter = options.tidyAfter;
    this.#publishAs = options.publishAs;
    const configFile = join(options.folder, "gitconfig");
    const { caFile } = this.#credentials;
    this.#environment = gitEnvironment({ home: options.folder, configFile, caFile, inherited: process.env });
    this.#git = new GitCommand(options.folder, { environment: this.#environment, shown: location.shown });
  }

  /** Where the object store is; undefined before the first revision was fetched. */
  get storePath(): string | undefined {
    return this.#store?.path;
  }

  async read(signal: AbortSignal): Promise<Snapshot> {
    await this.#configure();
    const tip = await this.#askRemote(signal);
    if (this.#snapshot && tip.id === this.#tip?.id && tip.ref === this.#tip.ref) return this.#snapshot;
    const { store, commit } = await this.#fetch(tip, signal);
    const snapshot = await this.#take(store, commit, signal);
    if (this.#publishAs !== undefined) await store.publish(this.#publishAs, commit, signal);
    store.accept();
    this.#tip = tip;
    this.#snapshot = snapshot;
    return snapshot;
  }

  /** After a snapshot was handed out, so that nobody waits for it. */
  async rest(signal: AbortSignal): Promise<void> {
    await this.#store?.tidy(signal);
  }

  async watch(changed: (delayMs: number) => void): Promise<() => Promise<void>> {
    await this.#configure().catch(() => undefined);
    return watchRefs(this.#at, { git: this.#git, changed });
  }

  async close(): Promise<void> {
    await this.#store?.close();
  }

  async #configure(): Promise<void> {
    if (this.#tip) return;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const text = gitConfig(this.#at, this.#credentials);
      await writeFile(join(this.#folder, "gitconfig"), text, { mode: 0o600 });
    } catch (error) {
      const reason = `what is fetched cannot be kept in ${this.#folder} (${reasonOf(error)})`;
      fail("source.unreachable", { location: this.location, reason }, { cause: error });
    }
  }

  async #askRemote(signal: AbortSignal): Promise<Tip> {
    const { ref, url } = this.#at;
    // A commit never moves: once it was read there is nothing to ask.
    if (this.#tip?.kind === "commit") return this.#tip;
    const printed = await this.#git.run(["ls-remote", "--", url, ...tipPatterns(ref)], signal);
    return findTip(ref, printed) ?? this.#missing();
  }

  async #fetch(tip: Tip, signal: AbortSignal): Promise<{ store: GitStore; commit: string }> {
    const known = this.#store;
    const store = known ?? this.#openStore(tip);
    this.#store = store;
    try {
      return { store, commit: await this.#fetchInto(store, tip, signal) };
    } catch (error) {
      // The remote answered a moment ago. What an earlier process left may be broken, and nobody reads from it yet.
      if (known || signal.aborted || !isUnreachable(error)) throw error;
      await store.discard();
      return { store, commit: await this.#fetchInto(store, tip, signal) };
    }
  }

  async #fetchInto(store: GitStore, tip: Tip, signal: AbortSignal): Promise<string> {
    await store.prepare(tip.id.length, signal);
    try {
      return await store.fetch(tip.ref, signal);
    } catch (error) {
      if (tip.kind !== "commit" || signal.aborted) throw error;
      return (await store.fetchAmongAll(tip.id, signal)) ?? this.#missing();
    }
  }

  #openStore(tip: Tip): GitStore {
    const path = join(this.#folder, tip.id.length === 64 ? "objects-sha256.git" : "objects.git");
    const { url } = this.#at;
    return new GitStore(path, {
      git: this.#git,
      url,
      environment: this.#environment,
      tidyAfter: this.#tidyAfter,
    });
  }

  async #take(store: GitStore, commit: string, signal: AbortSignal): Promise<Snapshot> {
    const refusal = await this.#verify?.({ id: commit, commit: await this.#object(store, commit, "commit") });
    if (refusal) throw new ProblemError(refusal);
    const { subpath } = this.#at;
    const printed =
      (await store.tree(commit, subpath, signal)) ??
      fail("source.subpath-missing", { location: this.location, subpath, revision: commit });
    const entries = parseTree(printed);
    this.#checkSize(entries, commit);
    return { revision: commit, files: await this.#files(store, entries) };
  }

  #checkSize(entries: TreeEntry[], revision: string): void {
    const { filesMax, gitBytesMax, fileBytesMax } = sourceLimits;
    const { location } = this;
    if (entries.length > filesMax) {
      fail("source.too-large", { location, revision, what: "files", is: entries.length, max: filesMax });
    }
    const bytes = entries.reduce((sum, entry) => sum + (entry.bytes > fileBytesMax ? 0 : entry.bytes), 0);
    if (bytes > gitBytesMax) {
      fail("source.too-large", { location, revision, what: "bytes", is: bytes, max: gitBytesMax });
    }
  }

  /** Files that stayed as they were are the same objects as in the snapshot before. */
  async #files(store: GitStore, entries: TreeEntry[]): Promise<Map<string, RepositoryFile>> {
    const before = this.#snapshot?.files;
    const targets = new Map<string, string>();
    for (const entry of entries) {
      if (entry.kind !== "link" || entry.bytes > sourceLimits.pathBytesMax) continue;
      const content = await this.#object(store, entry.id, "blob");
      targets.set(entry.id, Buffer.from(content).toString());
    }
    const files = new Map<string, RepositoryFile>();
    for (const entry of resolveTree(entries, targets)) {
      const old = before?.get(entry.path);
      const same = entry.kind === "blob" && old?.version === entry.id;
      files.set(entry.path, same ? old : gitFile(entry, store.objects));
    }
    return files;
  }

  async #object(store: GitStore, id: string, type: "blob" | "commit"): Promise<Uint8Array> {
    return store.objects
      .read(id, type)
      .catch((error: Error) =>
        fail("source.unreachable", { location: this.location, reason: error.message }, { cause: error }),
      );
  }

  #missing(): never {
    return fail("source.ref-missing", { location: this.location, ref: this.#at.ref ?? "HEAD" });
  }
}
