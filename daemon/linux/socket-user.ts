/** Who uses a socket, as the tracing programs put it down; where each part is, in bytes. */
export const socketUser = {
  bytes: 64,
  /** u64: of the socket. */
  cookie: 0,
  /** Thread, then process, as the machine numbers them: u32 each. */
  ids: 8,
  /** Names of the thread and of its group's leader: 16 bytes each, ended by zeros. */
  task: 16,
  group: 32,
  /** u64; 0 as long as there is no descriptor. */
  inode: 48,
  /** u64: the process as this process's PID namespace numbers it; 0: it is not in there. */
  process: 56,
} as const;
const nameBytes = 16;

/** By what a datagram's sender is found: both ports as in the packet, 4 or 6, both addresses of which IPv4 fills four bytes. */
export const sentKey = { bytes: 40, ports: 0, version: 4, source: 8, destination: 24 } as const;

export interface SocketUser {
  cookie: bigint;
  task: string;
  group: string;
  inode: number;
  process: number;
}

export function readSocketUser(bytes: Uint8Array): SocketUser {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, socketUser.bytes);
  return {
    cookie: buffer.readBigUInt64LE(socketUser.cookie),
    task: nameAt(buffer, socketUser.task),
    group: nameAt(buffer, socketUser.group),
    inode: Number(buffer.readBigUInt64LE(socketUser.inode)),
    process: buffer.readUInt32LE(socketUser.process),
  };
}

/** Names may hold any bytes but zero. */
function nameAt(buffer: Buffer, at: number): string {
  const zero = buffer.indexOf(0, at);
  const to = zero < 0 ? at + nameBytes : Math.min(zero, at + nameBytes);
  return buffer.toString("utf8", at, to);
}
