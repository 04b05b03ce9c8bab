import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fail } from "../../schemas/mod.ts";
import type { GitCommand } from "./git-command.ts";
import { GitObjects } from "./git-objects.ts";
import { sourceLimits } from "./limits.ts";

/** Snapshots that can be read at one time: the newest, the one before, and the one that is being fetched. */
const slots = 3;

/**
 * The bare repository that revisions are fetched into, one commit deep each, and read from in place. Each fetch goes to
 * the next of three refs, so that the two revisions before it stay whole whatever becomes of the remote's history.
 */
export class GitStore {
  readonly objects: GitObjects;
  readonly path: string;
  readonly #git: GitCommand;
  readonly #url: string;
  readonly #tidyAfter: number;
  #accepted = 0;
  #untidy = 0;

  constructor(
    path: string,
    options: {
      git: GitCommand;
      url: string;
      environment: Record<string, string>;
      tidyAfter?: number | undefined;
    },
  ) {
    this.path = path;
    this.#git = options.git;
    this.#url = options.url;
    this.#tidyAfter = options.tidyAfter ?? sourceLimits.revisionsPerTidying;
    this.objects = new GitObjects(path, options.environment);
  }

  /** Makes the repository when it is not there, for ids as long as the remote's. */
  async prepare(idLength: number, signal: AbortSignal): Promise<void> {
    if (existsSync(join(this.path, "HEAD"))) return;
    const format = idLength === 64 ? "sha256" : "sha1";
    await this.#git.run(["init", "--bare", "--quiet", `--object-format=${format}`, this.path], signal);
  }

  /** Fetches one ref (or commit id) without its history; resolves to the commit's id. */
  async fetch(ref: string, signal: AbortSignal): Promise<string> {
    await this.#fetch(["--depth=1"], `+${ref}:${this.#incoming}`, signal);
    return (await this.#commitAt(this.#incoming)) ?? this.#broken(`"${ref}" names no commit`);
  }

  /** For servers that hand out branches and tags only: fetches all of them, then looks for the commit. */
  async fetchAmongAll(id: string, signal: AbortSignal): Promise<string | undefined> {
    await this.#fetch([], "+refs/*:refs/remotes/*", signal);
    const found = await this.#commitAt(id);
    if (found !== undefined) await this.#run(["update-ref", this.#incoming, id], signal);
    return found;
  }

  /** The entries under a folder of a commit as `git ls-tree` prints them; undefined when there is no such folder. */
  async tree(commit: string, subpath: string, signal: AbortSignal): Promise<string | undefined> {
    const tree = subpath === "" ? commit : await this.#folderIn(commit, subpath, signal);
    return tree && this.#run(["ls-tree", "-r", "-l", "-z", tree], signal);
  }

  /** Points a ref at a commit, for others to fetch from here. */
  async publish(ref: string, commit: string, signal: AbortSignal): Promise<void> {
    await this.#removeLocks();
    await this.#run(["update-ref", ref, commit], signal);
  }

  /** Keeps what was fetched last until two more revisions have been accepted. */
  accept(): void {
    this.#accepted++;
  }

  /** Now and then drops the objects that none of the kept revisions needs. */
  async tidy(signal: AbortSignal): Promise<void> {
    if (this.#untidy < this.#tidyAfter) return;
    this.#untidy = 0;
    await this.#run(["gc", "--prune=now", "--quiet"], signal);
  }

  /** Closes the store and deletes it. */
  async discard(): Promise<void> {
    await this.objects.close();
    await rm(this.path, { recursive: true, force: true });
  }

  close(): Promise<void> {
    return this.objects.close();
  }

  get #incoming(): string {
    return `refs/netloom/${this.#accepted % slots}`;
  }

  async #fetch(depth: string[], refspec: string, signal: AbortSignal): Promise<void> {
    await this.#removeLocks();
    // Not --quiet: for a command that prints nothing at all simple-git waits another 50 ms.
    const alone = ["--no-tags", "--no-recurse-submodules", "--no-auto-maintenance"];
    // A fetch that was cut off may leave half a pack behind, which weighs more than a revision.
    this.#untidy += this.#tidyAfter / 10;
    await this.#run(
      ["fetch", ...alone, ...depth, "--no-write-fetch-head", "--update-shallow", "--", this.#url, refspec],
      signal,
    );
    this.#untidy -= this.#tidyAfter / 10 - 1;
  }

  /** Nobody else works in this store, so a lock that is there was left by a git that was killed. */
  async #removeLocks(): Promise<void> {
    for (const folder of ["", "refs/netloom", "refs/heads"]) {
      const names = await readdir(join(this.path, folder)).catch(() => []);
      for (const name of names.filter((one) => one.endsWith(".lock") || one === "gc.pid")) {
        await rm(join(this.path, folder, name), { force: true });
      }
    }
  }

  #commitAt(name: string): Promise<string | undefined> {
    return this.objects.commitOf(name).catch((error: Error) => this.#broken(error.message));
  }

  #broken(reason: string): never {
    return fail("source.unreachable", { location: this.#url, reason });
  }

  async #folderIn(commit: string, path: string, signal: AbortSignal): Promise<string | undefined> {
    const printed = await this.#run(["ls-tree", "-d", "-z", commit, "--", path], signal);
    return /^\d+ tree ([0-9a-f]+)\t/.exec(printed)?.[1];
  }

  #run(args: string[], signal: AbortSignal): Promise<string> {
    return this.#git.run([`--git-dir=${this.path}`, ...args], signal);
  }
}
