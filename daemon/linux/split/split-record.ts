/**
 * What BPF programs and the engine know together of one connection that may be split, a value of an array that both have in
 * memory. Sequence numbers are those of the host's own socket; beside it the peer's differ by as much as was added or taken away.
 */
export const splitRecord = {
  /** u32, of `splitModes`. */
  mode: 0,
  /** u32: indices of the interfaces by which its packets leave, and come. */
  leavesBy: 4,
  comesBy: 8,
  /** u32: the peer's number of a byte that the application sends, less the application's own. */
  shiftOut: 12,
  /** u32: the application's number of a byte that the peer sends, less the peer's own. */
  shiftIn: 16,
  /** u32: it is over; a packet that opens another between the same ends is none of it. */
  isOver: 20,
  /** u64: packets with bytes or an end that went to the engine's sockets; and how many had when nothing of them was there any more. */
  packets: 24,
  settled: 32,
  /** u64: of the application's socket. */
  cookie: 40,
  /** Which connection it is, as `flowKey` has it. */
  key: 48,
} as const;

/** What names a connection: local and remote address (16 bytes each, IPv4 in the first 4), their ports (network order), u32 4 or 6. */
export const flowKey = { local: 0, remote: 16, localPort: 32, remotePort: 34, family: 36 } as const;
export const flowKeyBytes = 40;
export const splitRecordBytes = 88;

/** What becomes of a connection's packets. */
export const splitModes = {
  /** They go their way. */
  none: 0,
  /** They are handed to the engine, which gives them back once it knows what becomes of them. */
  hold: 1,
  /** The application's go to the near socket, which stands for the peer; the peer's to the far one, which stands for the application. */
  split: 2,
  /** They go their way, numbered as their receiver expects. */
  shift: 3,
} as const;
