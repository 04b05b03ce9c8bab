import { BpfMap } from "./bpf-map.ts";
import { destroyConnection } from "./destroy-connection.ts";
import { closeDescriptor } from "./libc.ts";
import { int32 } from "./memory.ts";
import { findMaps } from "./named-maps.ts";
import { readStreamEnds } from "./stream-ends.ts";
import { streamRecord as record, streamModes, streamRecordBytes } from "./stream-record.ts";

/** More slots than any version of the engine has. */
const slotsMax = 4_096;

/** By which the maps of a network namespace's tapped streams are found when their engine is no more. */
export interface StreamMapNames {
  records: string;
  arrivals: string;
}

export function streamMapNames(namespaceCookie: bigint): StreamMapNames {
  const place = namespaceCookie.toString(36).slice(-8);
  return { records: `nl_rec_${place}`, arrivals: `nl_arr_${place}` };
}

/**
 * Settles what an engine that was ended has left of tapped streams: their programs live on with their sockets. Where bytes were
 * with it the connection is broken off, for a stream with a gap is none; what arrives on the others is their own again.
 * Throws `SystemCallError`.
 */
export function clearLeftoverStreams(names: StreamMapNames): void {
  for (const fd of findMaps(names.records)) {
    const records = new BpfMap({
      type: "array",
      keyBytes: 4,
      valueBytes: streamRecordBytes,
      entriesMax: 0,
      fd,
    });
    for (let slot = 0; slot < slotsMax; slot += 1) {
      const bytes = records.get(int32(slot));
      if (!bytes) break;
      if (owesBytes(bytes)) destroyConnection(readStreamEnds(bytes), cookieOf(bytes));
    }
    closeDescriptor(fd);
  }
  for (const fd of findMaps(names.arrivals)) {
    const arrivals = new BpfMap({ type: "sockmap", keyBytes: 4, valueBytes: 4, entriesMax: 0, fd });
    for (let slot = 0; slot < slotsMax; slot += 1) arrivals.delete(int32(slot));
    closeDescriptor(fd);
  }
}

const cookieOf = (bytes: Uint8Array): bigint =>
  new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(record.cookie, true);

function owesBytes(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const counter = (at: number): bigint => view.getBigUint64(at, true);
  if (cookieOf(bytes) === 0n) return false;
  const modes = [view.getUint32(record.modeOut, true), view.getUint32(record.modeIn, true)];
  return (
    modes.includes(streamModes.broken) ||
    counter(record.takenOut) !== counter(record.givenOut) ||
    counter(record.takenIn) !== counter(record.givenIn)
  );
}
