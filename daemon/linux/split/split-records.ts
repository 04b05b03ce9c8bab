import { BpfMap, type BpfMapOptions } from "../bpf-map.ts";
import { checked, closeDescriptor, libc } from "../libc.ts";
import { int32, viewMemory } from "../memory.ts";
import { findMaps } from "../named-maps.ts";
import { type Kept, openAll } from "../open-all.ts";
import { type Holding, reclaim } from "../reclaim.ts";
import type { StreamEnds } from "../stream-ends.ts";
import {
  flowKey,
  flowKeyBytes,
  splitRecord as record,
  splitModes,
  splitRecordBytes,
} from "./split-record.ts";

const mmap = libc.func("intptr_t mmap(void *, size_t, int, int, int, int64_t)");
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const pageBytes = 4096;

type Number32 = "mode" | "leavesBy" | "comesBy" | "shiftOut" | "shiftIn" | "isOver";

/** What programs and engine know together of connections: a record each, found by its slot, which is found by key or cookie. */
export class SplitRecords {
  readonly slots: number;
  readonly maps: ReturnType<typeof makeMaps>;
  readonly #mapping: Holding & { kind: "mapping" };
  readonly #numbers: Uint32Array;
  readonly #counters: BigUint64Array;
  readonly #bytes: Uint8Array;

  /** Takes up those of an engine that is no more. Throws `SystemCallError`. */
  static open(slots: number, namespaceCookie: bigint): SplitRecords {
    return openAll((kept) => new SplitRecords(slots, mapNames(namespaceCookie), kept));
  }

  private constructor(slots: number, names: ReturnType<typeof mapNames>, kept: Kept) {
    this.slots = slots;
    this.maps = makeMaps(slots, names, kept);
    const bytes = Math.ceil((slots * splitRecordBytes) / pageBytes) * pageBytes;
    const mapped = mmap(null, bytes, PROT_READ_WRITE, MAP_SHARED, this.maps.records.fd, 0);
    const address = BigInt(mapped as number | bigint);
    if (address === -1n) checked("mmap", -1);
    this.#mapping = { kind: "mapping", address, bytes };
    const memory = viewMemory(address, bytes);
    this.#numbers = new Uint32Array(memory);
    this.#counters = new BigUint64Array(memory);
    this.#bytes = new Uint8Array(memory);
  }

  /** A free slot, for a connection with this key; undefined when there is none. */
  take(key: Uint8Array): number | undefined {
    const found = this.maps.free.pop();
    if (!found) return undefined;
    const slot = new Int32Array(found.slice().buffer)[0] as number;
    this.#bytes.set(key, slot * splitRecordBytes + record.key);
    return slot;
  }

  /** Packets of the connection with the slot's key belong to it from now on. */
  enter(slot: number): void {
    this.maps.flows.set(this.key(slot), int32(slot));
  }

  /** The application's socket is this one. */
  belong(slot: number, cookie: bigint): void {
    this.maps.cookies.delete(cookieKey(this.cookie(slot)));
    this.#counters[(slot * splitRecordBytes + record.cookie) / 8] = cookie;
    this.maps.cookies.set(cookieKey(cookie), int32(slot));
  }

  /** Another connection may have the slot. */
  free(slot: number): void {
    const key = this.key(slot);
    if (this.slotOf(key) === slot) this.maps.flows.delete(key);
    this.maps.cookies.delete(cookieKey(this.cookie(slot)));
    const at = slot * splitRecordBytes;
    this.#bytes.fill(0, at, at + splitRecordBytes);
    this.maps.free.push(int32(slot));
  }

  /** Slots of connections of which this becomes. */
  inMode(mode: keyof typeof splitModes): number[] {
    const found: number[] = [];
    for (let slot = 0; slot < this.slots; slot += 1) {
      if (this.number(slot, "mode") === splitModes[mode]) found.push(slot);
    }
    return found;
  }

  slotOf(key: Uint8Array): number | undefined {
    const found = this.maps.flows.get(key);
    return found && new Int32Array(found.slice().buffer)[0];
  }

  /** As `flowKey` has it. */
  key(slot: number): Uint8Array {
    const at = slot * splitRecordBytes + record.key;
    return this.#bytes.slice(at, at + flowKeyBytes);
  }

  cookie(slot: number): bigint {
    return this.#counters[(slot * splitRecordBytes + record.cookie) / 8] as bigint;
  }

  counter(slot: number, name: "packets" | "settled"): bigint {
    return Atomics.load(this.#counters, (slot * splitRecordBytes + record[name]) / 8);
  }

  settle(slot: number, packets: bigint): void {
    Atomics.store(this.#counters, (slot * splitRecordBytes + record.settled) / 8, packets);
  }

  number(slot: number, name: Number32): number {
    return Atomics.load(this.#numbers, (slot * splitRecordBytes + record[name]) / 4);
  }

  set(slot: number, name: Number32, value: number): void {
    Atomics.store(this.#numbers, (slot * splitRecordBytes + record[name]) / 4, value);
  }

  holdings(): Holding[] {
    return [
      this.#mapping,
      ...Object.values(this.maps).map(({ fd }) => ({ kind: "descriptor" as const, fd })),
    ];
  }

  close(): void {
    reclaim(this.holdings());
  }
}

export const cookieKey = (cookie: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(cookie).buffer);

/** As `flowKey` has it. */
export function keyOf({ local, remote }: StreamEnds): Uint8Array {
  const key = Buffer.alloc(flowKeyBytes);
  key.set(local.address, flowKey.local);
  key.set(remote.address, flowKey.remote);
  key.writeUInt16BE(local.port, flowKey.localPort);
  key.writeUInt16BE(remote.port, flowKey.remotePort);
  key.writeUInt32LE(local.address.length === 4 ? 4 : 6, flowKey.family);
  return key;
}

/** The ends of a connection, from its key. */
export function endsOf(bytes: Uint8Array): StreamEnds {
  const key = Buffer.from(bytes);
  const length = key.readUInt32LE(flowKey.family) === 4 ? 4 : 16;
  const end = (name: "local" | "remote") => ({
    address: Uint8Array.from(key.subarray(flowKey[name], flowKey[name] + length)),
    port: key.readUInt16BE(flowKey[`${name}Port`]),
  });
  return { local: end("local"), remote: end("remote") };
}

/** By which the maps of a network namespace are found when their engine is no more; another form of them has other names. */
export function mapNames(namespaceCookie: bigint) {
  const place = namespaceCookie.toString(36).slice(-8);
  return { flows: `nl1flw${place}`, records: `nl1rec${place}`, cookies: `nl1ckk${place}` };
}

function makeMaps(slots: number, names: ReturnType<typeof mapNames>, kept: Kept) {
  const map = (options: BpfMapOptions): BpfMap => {
    const [fd, ...others] = options.name ? findMaps(options.name) : [];
    for (const other of others) closeDescriptor(other);
    return kept(new BpfMap({ ...options, ...(fd !== undefined && { fd }) }));
  };
  const slotOf = { type: "hash", valueBytes: 4, entriesMax: 2 * slots } as const;
  const records = { keyBytes: 4, valueBytes: splitRecordBytes, entriesMax: slots, mappable: true };
  return {
    flows: map({ ...slotOf, keyBytes: flowKeyBytes, name: names.flows }),
    records: map({ type: "array", ...records, name: names.records }),
    cookies: map({ ...slotOf, keyBytes: 8, name: names.cookies }),
    free: map({ type: "queue", keyBytes: 0, valueBytes: 4, entriesMax: slots }),
  };
}
