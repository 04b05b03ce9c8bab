/**
 * What BPF programs and the engine know together of one tapped connection, a value of an array that both have in memory. Each
 * number has one writer, but for the modes: the engine asks for one, and the programs, which run under the socket's
 * lock, step from `drain` to `pass` or to `broken`.
 */
export const streamRecord = {
  /** u32, of `streamModes`, for each direction; what arrives is taken or broken. */
  modeOut: 0,
  modeIn: 4,
  /** u64: bytes that the kernel has handed to the engine, and such as the engine is done with, what became of them handed back. */
  takenOut: 8,
  givenOut: 16,
  takenIn: 24,
  givenIn: 32,
  /** u32: sequence number of the next byte that arrives, once `isStarted`; bytes of the piece that is being handed over. */
  sequence: 40,
  piece: 44,
  isStarted: 48,
  /** u32: the engine has a descriptor of the application's socket. */
  isHeld: 52,
  /** u64: of the application's socket. */
  cookie: 56,
  /** u32: the application has nothing more to send (1), has closed it (2). */
  ends: 64,
  /** u32: address family of the connection's ends; their addresses (IPv4: the first word), and ports as struct bpf_sock_ops has them. */
  family: 68,
  localAddress: 72,
  remoteAddress: 88,
  localPort: 104,
  remotePort: 108,
} as const;

export const streamRecordBytes = 112;

/** What becomes of a direction's bytes. */
export const streamModes = {
  /** They go their way in the kernel. */
  pass: 0,
  /** They are handed to the engine. */
  take: 1,
  /** As `take`, until all that were taken have been given back; then `pass`. */
  drain: 2,
  /** Bytes were taken by an engine that is no more: nothing goes on. */
  broken: 3,
} as const;

export const streamEnds = { shutDown: 1, closed: 2 } as const;
