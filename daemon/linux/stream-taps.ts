import { attempt, tracingCapabilities } from "./attempt.ts";
import { attachToCgroup, attachToSockmap, attachTracepoint, loadBpf } from "./bpf-load.ts";
import { BpfMap, type BpfMapOptions } from "./bpf-map.ts";
import { KernelTypes } from "./btf.ts";
import { openCgroupRoot } from "./cgroup-root.ts";
import { LeftoverStreams, type StreamMapNames, streamMapNames } from "./leftover-streams.ts";
import { checked, closeDescriptor, libc } from "./libc.ts";
import { int32, viewMemory } from "./memory.ts";
import { type Kept, openAll } from "./open-all.ts";
import { type Holding, reclaim } from "./reclaim.ts";
import { RingBuffer } from "./ring-buffer.ts";
import { namespaceCookie, socketCookie } from "./socket-options.ts";
import { type SocketPair, SocketPairs } from "./socket-pair.ts";
import { operationPort, readStreamEnds, type StreamEnds, writeStreamEnds } from "./stream-ends.ts";
import { sendingBytes, streamEventBytes, streamEvents, streamsWanted } from "./stream-program.ts";
import { StreamPrograms } from "./stream-programs.ts";
import { streamRecord as record, streamEnds, streamModes, streamRecordBytes } from "./stream-record.ts";
import { endTcp, socketError } from "./tcp-socket.ts";

const what = "tap TCP connections (BPF sockmap)";
const mmap = libc.func("intptr_t mmap(void *, size_t, int, int, int, int64_t)");
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const pageBytes = 4096;
const eventsBytes = 64 * 1024;
const portsMax = 1024;
/** Threads that send at the same time. */
const sendersMax = 16_384;
/** Types of the programs that a sockmap takes, by where it has them. */
const sockmapPrograms = {
  messageVerdict: "socketMessage",
  streamParser: "socketBuffer",
  streamVerdict: "socketBuffer",
  socketBufferVerdict: "socketBuffer",
} as const;

export interface StreamTapsOptions {
  /** Connections that can be tapped at a time. */
  slots: number;
  /** New ones that can come before the engine turns to them. */
  ready: number;
  /** Bytes that a connection may have under way to the engine, of what is sent and of what arrives. */
  bytesOut: number;
  bytesIn: number;
  /** Told of what outlives the thread if it ends without `close`, and of what is about to be given back. */
  hold(holding: Holding): void;
  release(holding: Holding): void;
}

export interface StreamEvent {
  kind: keyof typeof streamEvents;
  slot: number;
  /** The process that did it; 0 when it was none in particular. */
  process: number;
}

export interface WantedPorts {
  local?: number;
  remote?: number;
  /** Also what arrives, and not only what is sent. */
  arrivals: boolean;
}

type Counter = "takenOut" | "givenOut" | "takenIn" | "givenIn";
type Number32 = "modeOut" | "modeIn" | "isHeld" | "ends" | "sequence" | "isStarted";

/** The kernel's side of tapped TCP connections (docs/layer45-ebpf.md): sockmaps, their programs, and pairs of sockets. */
export class StreamTaps {
  /** Readable when `events` has something to tell. */
  readonly fd: number;
  readonly #hold: (holding: Holding) => void;
  readonly #release: (holding: Holding) => void;
  readonly #readyMax: number;
  readonly #room: { wayBytes: number; innerBytes: number };
  readonly #pairs: SocketPairs;
  readonly #bySlot = new Map<number, SocketPair>();
  /** Slots without a pair, and how many have one and are free. */
  readonly #unused: number[] = [];
  #ready = 0;
  readonly #events: RingBuffer;
  readonly #maps: ReturnType<typeof makeMaps>;
  readonly #descriptors: number[] = [];
  readonly #leftovers: LeftoverStreams;
  readonly #mapping: Holding & { kind: "mapping" };
  readonly #numbers: Uint32Array;
  readonly #counters: BigUint64Array;
  readonly #bytes: Uint8Array;
  #wanted = new Map<string, Uint8Array>();

  /** Throws `linux.*` problems. */
  static open(options: StreamTapsOptions): StreamTaps {
    const open = (): StreamTaps => {
      const taps = openAll((kept) => new StreamTaps(options, kept));
      return openAll((kept) => {
        kept(taps).refill();
        return taps;
      });
    };
    return attempt(what, open, { needs: tracingCapabilities });
  }

  private constructor({ slots, ready, bytesOut, bytesIn, hold, release }: StreamTapsOptions, kept: Kept) {
    this.#hold = hold;
    this.#release = release;
    this.#readyMax = ready;
    this.#room = { wayBytes: bytesOut, innerBytes: bytesIn };
    const types = KernelTypes.ofThisKernel();
    // Kernels without it count what the application reads wrongly: they would stop to tell of what arrives.
    types.field("sk_psock", "msg_tot_len");
    this.#pairs = kept(new SocketPairs());
    this.#events = kept(new RingBuffer(eventsBytes));
    this.fd = this.#events.map.fd;
    const names = streamMapNames(namespaceCookie(this.#pairs.fd));
    this.#leftovers = kept(new LeftoverStreams(names));
    this.#maps = makeMaps(slots, names, kept);
    const bytes = Math.ceil((slots * streamRecordBytes) / pageBytes) * pageBytes;
    const address = BigInt(
      mmap(null, bytes, PROT_READ_WRITE, MAP_SHARED, this.#maps.records.fd, 0) as number | bigint,
    );
    if (address === -1n) checked("mmap", -1);
    this.#mapping = { kind: "mapping", address, bytes };
    kept({ close: () => reclaim([this.#mapping]) });
    const memory = viewMemory(address, bytes);
    this.#numbers = new Uint32Array(memory);
    this.#counters = new BigUint64Array(memory);
    this.#bytes = new Uint8Array(memory);
    kept({ close: () => this.#descriptors.forEach(closeDescriptor) });
    this.#load(new StreamPrograms(types, { ...this.#maps, events: this.#events.map }), types);
    for (const holding of this.#holdings()) hold(holding);
    for (let slot = slots - 1; slot >= 0; slot -= 1) this.#unused.push(slot);
  }

  /** Has pairs ready for new connections again; to be called after `events`. Throws `SystemCallError`. */
  refill(): void {
    while (this.#ready < this.#readyMax && this.#unused.length > 0) this.#offer(this.#unused.pop() as number);
  }

  /** The engine's sockets of a slot: reads of `outer` are what the application sent, of `inner` what arrived for it. */
  pair(slot: number): SocketPair {
    return this.#bySlot.get(slot) as SocketPair;
  }

  counter(slot: number, name: Counter): bigint {
    return Atomics.load(this.#counters, (slot * streamRecordBytes + record[name]) / 8);
  }

  addTo(slot: number, name: "givenOut" | "givenIn", bytes: number): void {
    Atomics.add(this.#counters, (slot * streamRecordBytes + record[name]) / 8, BigInt(bytes));
  }

  cookie(slot: number): bigint {
    return Atomics.load(this.#counters, (slot * streamRecordBytes + record.cookie) / 8);
  }

  /** Between whom the connection is. */
  ends(slot: number): StreamEnds {
    const at = slot * streamRecordBytes;
    return readStreamEnds(this.#bytes.subarray(at, at + streamRecordBytes));
  }

  number(slot: number, name: Number32): number {
    return Atomics.load(this.#numbers, (slot * streamRecordBytes + record[name]) / 4);
  }

  set(slot: number, name: Number32, value: number): void {
    Atomics.store(this.#numbers, (slot * streamRecordBytes + record[name]) / 4, value);
  }

  /** Makes exactly these the ports of which new connections are taken; undefined: any. */
  lookFor(ports: readonly WantedPorts[]): void {
    const keys = new Map<string, Uint8Array>();
    for (const each of ports) {
      const name = JSON.stringify([each.local, each.remote]);
      keys.set(name, portKey(each));
      const isBoth = ports.some((other) => other.arrivals && overlap(each, other));
      this.#maps.ports.set(portKey(each), int32(isBoth ? streamsWanted.both : streamsWanted.out));
    }
    for (const [name, key] of this.#wanted) if (!keys.has(name)) this.#maps.ports.delete(key);
    this.#wanted = keys;
  }

  /** Takes what arrives as well, of a connection of which only what is sent was wanted. */
  takeArrivals(slot: number, fd: number): void {
    if (this.number(slot, "modeIn") !== streamModes.pass) return;
    this.set(slot, "modeIn", streamModes.take);
    putUnlessClosed(this.#maps.arrivals, slot, fd);
  }

  /**
   * Takes up a connection that is there already, given as a descriptor of this process; undefined when there is no slot, or it
   * has one: it was established just now, and an event tells of it.
   * Only what it sends, until `takeArrivals`. Throws `SystemCallError`.
   */
  adopt(fd: number, ends: StreamEnds): number | undefined {
    const cookie = socketCookie(fd);
    if (this.#maps.slots.get(cookieKey(cookie))) return undefined;
    this.refill();
    const slot = this.#takeFree();
    if (slot === undefined) return undefined;
    this.#maps.slots.set(cookieKey(cookie), int32(slot));
    this.set(slot, "isHeld", 1);
    Atomics.store(this.#counters, (slot * streamRecordBytes + record.cookie) / 8, cookie);
    const at = slot * streamRecordBytes;
    writeStreamEnds(this.#bytes.subarray(at, at + streamRecordBytes), ends);
    this.set(slot, "modeOut", streamModes.take);
    try {
      this.#leftovers.free(fd);
      this.#maps.applications.set(int32(slot), int32(fd));
    } catch (error) {
      this.release(slot);
      throw error;
    }
    return slot;
  }

  /**
   * Nothing but the end of what arrives is to come: whoever waits for bytes in the application gets to read it. While they
   * are taken apart by a parser the kernel would tell such a reader to try again. Answers whether it is done; else it is
   * when `hasEnded` says so.
   */
  letEnd(slot: number, fd: number): boolean {
    if ((this.number(slot, "ends") & streamEnds.shutDown) === 0) {
      this.#maps.arrivals.delete(int32(slot));
      putUnlessClosed(this.#maps.endings, slot, fd);
      return true;
    }
    // A socket whose own end is sent is not let into a map any more: it reads the end of the pair.
    const { inner, outer } = this.pair(slot);
    putUnlessClosed(this.#maps.closers, slot, inner);
    endTcp(outer);
    return false;
  }

  /** Whether the pair's end can be read: the kernel takes one that was handed on for an error, which this takes back. */
  hasEnded(fd: number): boolean {
    return socketError(fd) !== 0;
  }

  /** What arrives comes to the application without the engine from now on. */
  leave(slot: number): void {
    this.#maps.arrivals.delete(int32(slot));
  }

  /** The application has closed its socket, though not by the system call that tells so. */
  markClosed(slot: number): void {
    this.set(slot, "ends", this.number(slot, "ends") | streamEnds.closed);
  }

  /** The engine has a descriptor of the application's socket from now on, or has none any more. */
  hold(slot: number, isHeld: boolean): void {
    this.set(slot, "isHeld", isHeld ? 1 : 0);
  }

  /** The application's socket is closed, or gone from the slot: another may have it. */
  release(slot: number): void {
    for (const map of [this.#maps.arrivals, this.#maps.endings, this.#maps.applications])
      map.delete(int32(slot));
    this.#maps.slots.delete(cookieKey(this.cookie(slot)));
    this.#closePair(slot);
    this.#unused.push(slot);
  }

  events(take: (event: StreamEvent) => void): void {
    this.#events.read((bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, streamEventBytes);
      const number = view.getUint32(0, true);
      const kind = (Object.keys(streamEvents) as StreamEvent["kind"][]).find(
        (name) => streamEvents[name] === number,
      );
      if (kind === "opened") this.#ready -= 1;
      if (kind) take({ kind, slot: view.getUint32(4, true), process: view.getUint32(8, true) });
    });
  }

  close(): void {
    for (const holding of this.#holdings()) this.#release(holding);
    for (const fd of this.#descriptors) closeDescriptor(fd);
    for (const slot of [...this.#bySlot.keys()]) this.#closePair(slot);
    this.#pairs.close();
    this.#events.close();
    for (const map of Object.values(this.#maps)) map.close();
    this.#leftovers.close();
    reclaim([this.#mapping]);
  }

  /** But for the pairs. */
  #holdings(): Holding[] {
    const maps = Object.values(this.#maps).map(({ fd }) => fd);
    return [
      this.#mapping,
      ...this.#events.holdings(),
      ...[...this.#descriptors, this.#pairs.fd, ...this.#leftovers.descriptors(), ...maps].map(descriptor),
    ];
  }

  #load(programs: StreamPrograms, types: KernelTypes): void {
    const { applications, arrivals, endings, closers, inner, outer } = this.#maps;
    const put = (map: BpfMap, attachment: keyof typeof sockmapPrograms, instructions: Uint8Array): void => {
      const type = sockmapPrograms[attachment];
      attachToSockmap(this.#keep(loadBpf({ type, attachment, instructions })), map, attachment);
    };
    put(applications, "messageVerdict", programs.sent());
    put(arrivals, "streamParser", programs.parser());
    put(arrivals, "streamVerdict", programs.arrived());
    put(endings, "socketBufferVerdict", programs.ended());
    put(closers, "socketBufferVerdict", programs.endHandedOn());
    put(inner, "messageVerdict", programs.written("application"));
    put(outer, "messageVerdict", programs.written("network"));
    for (const [name, instructions] of [
      ["sock_send_length", programs.sendingOver()],
      ["sys_enter", programs.systemCall()],
    ] as const) {
      const target = types.tracepointId(name);
      const load = { type: "tracing", attachment: "tracepoint", instructions, target } as const;
      this.#keep(attachTracepoint(this.#keep(loadBpf(load))));
    }
    const established = programs.established({
      namespace: namespaceCookie(this.#pairs.fd),
      pairsPort: this.#pairs.port,
    });
    const operations = { type: "socketOps", attachment: "socketOps" } as const;
    const loaded = this.#keep(loadBpf({ ...operations, instructions: established }));
    const group = openCgroupRoot(what);
    try {
      this.#keep(attachToCgroup(loaded, group, "socketOps"));
    } finally {
      closeDescriptor(group);
    }
  }

  #keep(fd: number): number {
    this.#descriptors.push(fd);
    return fd;
  }

  #takeFree(): number | undefined {
    const found = this.#maps.free.pop();
    if (!found) return undefined;
    this.#ready -= 1;
    return new Int32Array(found.slice().buffer)[0];
  }

  #offer(slot: number): void {
    const pair = this.#pairs.make(this.#room);
    this.#bySlot.set(slot, pair);
    for (const fd of [pair.inner, pair.outer]) this.#hold(descriptor(fd));
    const at = (slot * streamRecordBytes) / 8;
    this.#counters.fill(0n, at, at + streamRecordBytes / 8);
    this.#maps.inner.set(int32(slot), int32(pair.inner));
    this.#maps.outer.set(int32(slot), int32(pair.outer));
    for (const fd of [pair.inner, pair.outer])
      this.#maps.pairSlots.set(cookieKey(socketCookie(fd)), int32(slot));
    this.#maps.free.push(int32(slot));
    this.#ready += 1;
  }

  #closePair(slot: number): void {
    const { inner, outer } = this.pair(slot);
    for (const fd of [inner, outer]) {
      this.#maps.pairSlots.delete(cookieKey(socketCookie(fd)));
      this.#release(descriptor(fd));
      closeDescriptor(fd);
    }
    this.#bySlot.delete(slot);
  }
}

/** A connection may be over at any moment: nobody reads its end then. */
function putUnlessClosed(map: BpfMap, slot: number, fd: number): void {
  try {
    map.set(int32(slot), int32(fd));
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOTSUP") throw error;
  }
}

function makeMaps(slots: number, names: StreamMapNames, kept: Kept) {
  const sockets = { type: "sockmap", keyBytes: 4, valueBytes: 4, entriesMax: slots } as const;
  const byCookie = { type: "hash", keyBytes: 8, valueBytes: 4 } as const;
  const map = (options: BpfMapOptions): BpfMap => kept(new BpfMap(options));
  return {
    slots: map({ ...byCookie, entriesMax: slots }),
    pairSlots: map({ ...byCookie, entriesMax: 2 * slots }),
    records: map({
      type: "array",
      keyBytes: 4,
      valueBytes: streamRecordBytes,
      entriesMax: slots,
      mappable: true,
      name: names.records,
    }),
    applications: map({ ...sockets, name: names.applications }),
    arrivals: map({ ...sockets, name: names.arrivals }),
    endings: map(sockets),
    closers: map(sockets),
    inner: map(sockets),
    outer: map(sockets),
    free: map({ type: "queue", keyBytes: 0, valueBytes: 4, entriesMax: slots }),
    senders: map({ type: "lruHash", keyBytes: 8, valueBytes: sendingBytes, entriesMax: sendersMax }),
    ports: map({ type: "hash", keyBytes: 8, valueBytes: 4, entriesMax: portsMax }),
  };
}

const descriptor = (fd: number): Holding => ({ kind: "descriptor", fd });
const cookieKey = (cookie: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(cookie).buffer);

/** Whether a connection can be meant by both. */
function overlap(a: WantedPorts, b: WantedPorts): boolean {
  const agree = (one?: number, other?: number): boolean => !one || !other || one === other;
  return agree(a.local, b.local) && agree(a.remote, b.remote);
}

function portKey({ local = 0, remote = 0 }: { local?: number; remote?: number }): Uint8Array {
  return new Uint8Array(Uint32Array.of(local, operationPort(remote)).buffer);
}
