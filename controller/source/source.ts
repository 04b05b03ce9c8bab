import type { Problem, Snapshot } from "../../schemas/mod.ts";

/**
 * Where the objects come from, watched. A source only ever replaces one whole snapshot by a newer whole one; whatever
 * goes wrong is a problem that stands until it is healed, and leaves the last snapshot as it was.
 */
export interface Source {
  /** How the location is shown: without credentials, with ref and sub-path. */
  readonly location: string;

  /**
   * Reads for the first time, then goes on watching. Resolves after the first attempt, whether it brought a snapshot
   * or a problem.
   */
  start(): Promise<void>;

  /** The newest snapshot; its files can be read until the second newer one has come. */
  readonly latest: Snapshot | undefined;

  /** What is wrong with the source now, empty when nothing is (codes `source.*`). */
  readonly problems: readonly Problem[];

  /** Calls `listener` with every new snapshot. Returns the way to stop that. */
  onSnapshot(listener: (snapshot: Snapshot) => void): () => void;

  /** Calls `listener` whenever `problems` has changed, healing included. Returns the way to stop that. */
  onProblems(listener: (problems: readonly Problem[]) => void): () => void;

  /**
   * Looks now: for webhooks and `netloom reconcile`. Resolves when what was there at the call has been delivered to the
   * listeners, as a snapshot or as a problem. Calls made meanwhile share one look.
   */
  refresh(): Promise<void>;

  /** Stops watching, ends what runs, and resolves when nothing is left of it. */
  close(): Promise<void>;
}

/**
 * Decides whether a revision may come into force, for signed commits. Given the raw commit object; a problem refuses
 * the revision and leaves the last snapshot as it was.
 */
export type Verifier = (revision: { id: string; commit: Uint8Array }) => Promise<Problem | undefined>;

/** How a location is read; everything has a default but `folder`, which a git source needs. */
export interface SourceOptions {
  /** Where a git source keeps what it fetched, from one start to the next. One process at a time may use it. */
  folder?: string;
  /** Branch, tag, full ref name or full commit id; instead of `#REF` in the location. Default: the remote's HEAD. */
  ref?: string;
  /** The folder that is the source's root; instead of `//SUBPATH` in the location. */
  subpath?: string;
  /** Read a git repository though the location is a work tree's path without a ref. */
  git?: boolean;
  /** Time from one look at a git remote to the next, ± 10 %. Default 30 s. */
  pollIntervalMs?: number;
  /** A look that has not ended by then is given up and is a problem. Default 60 s. */
  fetchTimeoutMs?: number;
  credentials?: GitCredentials;
  verify?: Verifier;
  /** How the location is called in status and problems, when it stands in for another. */
  shown?: string;
}

/** Paths of files, read anew for each connection; what is in them never gets into an argument, a log or a problem. */
export interface GitCredentials {
  /** ssh: private key without passphrase, and the known_hosts that the server's key must be in. */
  sshKeyFile?: string;
  knownHostsFile?: string;
  /** https: a token, sent as password; `user` defaults to "git". */
  tokenFile?: string;
  user?: string;
  /** https: certificates to trust instead of the system's. */
  caFile?: string;
}
