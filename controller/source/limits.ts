/** What a source takes in, and how long and how often it tries. Sizes in bytes, times in milliseconds. */
export const sourceLimits = {
  filesMax: 100_000,
  /** A larger file is listed, and rejects when read. */
  fileBytesMax: 16 * 1024 * 1024,
  /** Sum over all files that can be read. A directory's are kept in memory, so that a snapshot outlives a write. */
  directoryBytesMax: 256 * 1024 * 1024,
  gitBytesMax: 1024 * 1024 * 1024,
  pathBytesMax: 1_024,
  linkHopsMax: 8,

  pollIntervalMs: 30_000,
  /** Part of an interval by which it varies, so that many controllers do not ask a server at one moment. */
  jitter: 0.1,
  retryMinMs: 1_000,
  retryMaxMs: 60_000,
  fetchTimeoutMs: 60_000,
  /** How long a directory must have been left alone before it is read. */
  settleMs: 60,
  directoryAttemptsMax: 40,
  /** Scanning and reading a directory let other work in this often. */
  scanSliceMs: 4,
  /** Changes of refs that come this close together are one. */
  refDebounceMs: 5,
  /** After so many fetched revisions the object store drops what no kept snapshot needs. */
  revisionsPerTidying: 200,
  reasonCharactersMax: 600,
} as const;
