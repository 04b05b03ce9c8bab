import { BpfMap } from "./bpf-map.ts";
import { destroyConnection } from "./destroy-connection.ts";
import { int32 } from "./memory.ts";
import { findMaps } from "./named-maps.ts";
import { socketCookie, unreadBytes } from "./socket-options.ts";
import { readStreamEnds } from "./stream-ends.ts";
import { streamRecord as record, streamModes, streamRecordBytes } from "./stream-record.ts";

/** More slots than any version of the engine has. */
const slotsMax = 4_096;

/** By which the maps of a network namespace's tapped streams are found when their engine is no more. */
export interface StreamMapNames {
  records: string;
  applications: string;
  arrivals: string;
}

export function streamMapNames(namespaceCookie: bigint): StreamMapNames {
  const place = namespaceCookie.toString(36).slice(-8);
  return { records: `nl_rec_${place}`, applications: `nl_app_${place}`, arrivals: `nl_arr_${place}` };
}

/**
 * What an engine that was ended has left of tapped streams: their programs live on with their sockets. Where bytes were with it
 * the connection is broken off, for a stream with a gap is none; what arrives on the others is their own again.
 */
export class LeftoverStreams {
  /** Slots by cookie, of connections that go on. */
  readonly #slots = new Map<bigint, number>();
  readonly #applications: BpfMap[];

  /** Throws `SystemCallError`. */
  constructor(names: StreamMapNames) {
    for (const fd of findMaps(names.records)) this.#settle(fd);
    this.#applications = sockmaps(names.applications);
    for (const arrivals of sockmaps(names.arrivals)) {
      for (const slot of this.#slots.values()) arrivals.delete(int32(slot));
      arrivals.close();
    }
  }

  /**
   * Frees an application's socket of the programs of old; false when it has bytes to read that would be lost with them, or
   * was never theirs.
   */
  free(fd: number): boolean {
    const slot = this.#slots.get(socketCookie(fd));
    if (slot === undefined || unreadBytes(fd) > 0) return false;
    for (const map of this.#applications) map.delete(int32(slot));
    return true;
  }

  descriptors(): number[] {
    return this.#applications.map(({ fd }) => fd);
  }

  close(): void {
    for (const map of this.#applications) map.close();
  }

  #settle(fd: number): void {
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
      const cookie = cookieOf(bytes);
      if (cookie === 0n) continue;
      if (owesBytes(bytes)) destroyConnection(readStreamEnds(bytes), cookie);
      else this.#slots.set(cookie, slot);
    }
    records.close();
  }
}

function sockmaps(name: string): BpfMap[] {
  return findMaps(name).map(
    (fd) => new BpfMap({ type: "sockmap", keyBytes: 4, valueBytes: 4, entriesMax: 0, fd }),
  );
}

const cookieOf = (bytes: Uint8Array): bigint =>
  new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(record.cookie, true);

function owesBytes(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const counter = (at: number): bigint => view.getBigUint64(at, true);
  const modes = [view.getUint32(record.modeOut, true), view.getUint32(record.modeIn, true)];
  return (
    modes.includes(streamModes.broken) ||
    counter(record.takenOut) !== counter(record.givenOut) ||
    counter(record.takenIn) !== counter(record.givenIn)
  );
}
