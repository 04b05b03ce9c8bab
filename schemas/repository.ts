/** One file of a source, at one revision. Paths are relative to the source's root, with forward slashes. */
export interface RepositoryFile {
  path: string;
  bytes: number;
  /** Two files with one version have one content (a git blob id, or a digest), so what was parsed can be kept. */
  version: string;
  /**
   * The whole content. Rejects with a `ProblemError` (`source.*`) for a file that cannot be had: too large, a link
   * out of the source, an LFS pointer. Such a file is listed all the same: it is broken, not removed.
   */
  read(): Promise<Uint8Array>;
}

/** All files of a source at one moment: never half of a write, never two revisions mixed. */
export interface Snapshot {
  /** Commit id, or digest of a directory's content. */
  revision: string;
  files: ReadonlyMap<string, RepositoryFile>;
}
