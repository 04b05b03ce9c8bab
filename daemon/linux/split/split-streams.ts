import { isDeepStrictEqual } from "node:util";
import { attempt, tracingCapabilities } from "../attempt.ts";
import { attachToCgroup, loadBpf } from "../bpf-load.ts";
import { BpfMap, type BpfMapOptions } from "../bpf-map.ts";
import { KernelTypes } from "../btf.ts";
import { openCgroupRoot } from "../cgroup-root.ts";
import { destroyConnection } from "../destroy-connection.ts";
import { listInterfaces } from "../interfaces.ts";
import { checked, closeDescriptor, libc } from "../libc.ts";
import { int32, viewMemory } from "../memory.ts";
import { findMaps } from "../named-maps.ts";
import { networkNamespaceCookie } from "../namespace.ts";
import { type Kept, openAll } from "../open-all.ts";
import { type Holding, reclaim } from "../reclaim.ts";
import { RingBuffer } from "../ring-buffer.ts";
import { operationPort, type StreamEnd, type StreamEnds } from "../stream-ends.ts";
import { listTcpConnections, type TcpConnection } from "../tcp-connections.ts";
import {
  breakHalf,
  type HalfState,
  halfState,
  type Liveness,
  openHalf,
  setLiveness,
  unreadBytesOf,
  unsentBytes,
} from "./half-socket.ts";
import { HeldPackets } from "./held-packets.ts";
import {
  attachToInterface,
  detachFromInterface,
  type InterfaceHook,
  replaceOnInterface,
} from "./interface-programs.ts";
import { indexOf, PrivateNetwork, setNetwork, setUpLink } from "./private-network.ts";
import { type SocketState, SocketStates } from "./socket-states.ts";
import { loopback6, standIn6 } from "./split-program.ts";
import { SplitPrograms, type SplitWays, splitEventBytes } from "./split-programs.ts";
import {
  flowKey,
  flowKeyBytes,
  splitRecord as record,
  splitModes,
  splitRecordBytes,
} from "./split-record.ts";

/** Of programs on interfaces, by which they are found when their engine is no more. */
export const programName = "nl1_split";
const what = "split TCP connections (BPF on interfaces)";
const mmap = libc.func("intptr_t mmap(void *, size_t, int, int, int, int64_t)");
const membarrier = libc.func("long syscall(long, long, long, long)");
const membarrierNumbers: Record<string, number> = { x64: 324, arm64: 283 };
const MEMBARRIER_CMD_GLOBAL = 1;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const pageBytes = 4096;
const eventsBytes = 64 * 1024;
const portsMax = 1024;
const interfacesMax = 1024;
const near = [0x02, 0x4c, 0x34, 0x35, 0x00, 0x01];
const far = [0x02, 0x4c, 0x34, 0x35, 0x00, 0x02];
const holdOut = [0x02, 0x4c, 0x34, 0x35, 0x00, 0x03];
const holdIn = [0x02, 0x4c, 0x34, 0x35, 0x00, 0x04];
/** The most that a TAP device takes. */
const heldMtu = 65_500;
const ESTABLISHED = 1;
const FIN_WAIT1 = 4;
const CLOSE = 7;
/** What is over is asked for again by its peer so long at most (TIME-WAIT). */
const answersMs = 60_000;
/** A receiver keeps its word about what it would take. */
const windowMax = 6 << 20;

export interface SplitStreamsOptions {
  /** Connections that can be split at a time. */
  slots: number;
  hold(holding: Holding): void;
  release(holding: Holding): void;
}

/** A split connection of which nothing is in the engine, with how its numbers have been shifted since it was split. */
export interface Leaving {
  slot: number;
  halves: Halves;
  more: Shifts;
}

export interface WantedPorts {
  local?: number;
  remote?: number;
}

/** The two halves of a connection. */
export interface Halves {
  near: number;
  far: number;
  /** So many of the application's next bytes may be with its peer already. */
  sentBefore: number;
  /** How its numbers were shifted when it was split. */
  shifts: Shifts;
  /** What the far half was told last. */
  liveness?: Liveness;
}

/** How many more bytes have gone on than came: what the application sent, and what its peer did. In 32 bits. */
export interface Shifts {
  out: number;
  in: number;
}

/** The kernel's side of split TCP connections (docs/layer45-ebpf.md). */
export class SplitStreams {
  /** Readable when `events` has something to tell, and when `takeHeld` has something to take. */
  readonly fd: number;
  readonly heldFd: number;
  readonly #events: RingBuffer;
  readonly #maps: ReturnType<typeof makeMaps>;
  readonly #near: PrivateNetwork;
  readonly #far: PrivateNetwork;
  readonly #held: HeldPackets;
  readonly #states: SocketStates;
  readonly #programs: { in: number; out: number };
  readonly #descriptors: number[] = [];
  /** Indices of interfaces that have the programs, by name and index. */
  readonly #interfaces = new Map<string, number>();
  readonly #own: readonly string[];
  readonly #mapping: Holding & { kind: "mapping" };
  readonly #numbers: Uint32Array;
  readonly #counters: BigUint64Array;
  readonly #bytes: Uint8Array;
  readonly #hold: (holding: Holding) => void;
  readonly #release: (holding: Holding) => void;
  readonly #slots: number;
  /** Slots of connections that went on without the engine, and were found to be over. */
  readonly #goneSince = new Map<number, number>();
  #wanted = new Map<string, Uint8Array>();

  /** Throws `linux.*` problems. */
  static open(options: SplitStreamsOptions): SplitStreams {
    return attempt(what, () => openAll((kept) => new SplitStreams(options, kept)), {
      needs: tracingCapabilities,
    });
  }

  private constructor({ slots, hold, release }: SplitStreamsOptions, kept: Kept) {
    this.#slots = slots;
    this.#hold = hold;
    this.#release = release;
    const types = KernelTypes.ofThisKernel();
    this.#events = kept(new RingBuffer(eventsBytes));
    this.fd = this.#events.map.fd;
    const names = mapNames(networkNamespaceCookie());
    this.#maps = makeMaps(slots, names, kept);
    this.#states = kept(new SocketStates(types, this.#maps.cookies));
    const bytes = Math.ceil((slots * splitRecordBytes) / pageBytes) * pageBytes;
    const mapped = mmap(null, bytes, PROT_READ_WRITE, MAP_SHARED, this.#maps.records.fd, 0);
    const address = BigInt(mapped as number | bigint);
    if (address === -1n) checked("mmap", -1);
    this.#mapping = { kind: "mapping", address, bytes };
    kept({ close: () => reclaim([this.#mapping]) });
    const memory = viewMemory(address, bytes);
    this.#numbers = new Uint32Array(memory);
    this.#counters = new BigUint64Array(memory);
    this.#bytes = new Uint8Array(memory);
    const tag = Math.random().toString(36).slice(2, 8);
    this.#own = [`nl-near-${tag}`, `nl-far-${tag}`, `nl-hold-${tag}`];
    const [nearName, farName, holdName] = this.#own as [string, string, string];
    this.#near = kept(PrivateNetwork.make(nearName, near));
    this.#far = kept(PrivateNetwork.make(farName, far));
    this.#held = kept(new HeldPackets(holdName, { out: holdOut[5] as number, in: holdIn[5] as number }));
    this.heldFd = this.#held.fd;
    setUpLink(holdName, heldMtu);
    kept({ close: () => this.#descriptors.forEach(closeDescriptor) });
    kept({ close: () => this.#leaveInterfaces() });
    const loopback = indexOf("lo");
    // What comes back to the loopback interface has the addresses that only its own packets have otherwise.
    for (const name of ["route_localnet", "accept_local"]) setNetwork(`ipv4/conf/lo/${name}`, "1");
    const ways: SplitWays = {
      near: { index: this.#near.index, to: near },
      far: { index: this.#far.index, to: far },
      hold: { index: indexOf(holdName), out: holdOut, in: holdIn },
      loopback,
    };
    const programs = new SplitPrograms({ ...this.#maps, events: this.#events.map }, ways);
    const onInterface = (instructions: Uint8Array, index: number): void => {
      const program = this.#keep(loadBpf({ type: "interface", instructions }));
      attachToInterface(program, index, "interfaceIngress");
    };
    onInterface(programs.givenBack(), ways.hold.index);
    onInterface(programs.fromHalf("in"), ways.near.index);
    onInterface(programs.fromHalf("out"), ways.far.index);
    this.#programs = {
      in: this.#keep(loadBpf({ type: "interface", instructions: programs.passing("in"), name: programName })),
      out: this.#keep(
        loadBpf({ type: "interface", instructions: programs.passing("out"), name: programName }),
      ),
    };
    this.watchInterfaces();
    const operations = { type: "socketOps", attachment: "socketOps" } as const;
    const instructions = programs.established(networkNamespaceCookie());
    const established = this.#keep(loadBpf({ ...operations, instructions }));
    const group = openCgroupRoot(what);
    try {
      this.#keep(attachToCgroup(established, group, "socketOps"));
    } finally {
      closeDescriptor(group);
    }
    this.#settleLeftovers();
    for (const holding of this.#holdings()) hold(holding);
  }

  /** What an engine that is no more has left: connections that go on without it go on, and the others are broken off. */
  #settleLeftovers(): void {
    for (let slot = 0; slot < this.#slots; slot += 1) {
      const mode = this.number(slot, "mode");
      if (mode !== splitModes.none) this.#maps.cookies.set(cookieKey(this.cookie(slot)), int32(slot));
    }
    const there = this.states();
    for (let slot = 0; slot < this.#slots; slot += 1) {
      const mode = this.number(slot, "mode");
      if (mode === splitModes.shift) continue;
      // Nothing of it has been with that engine yet.
      if (mode === splitModes.hold) this.letGo(slot);
      else {
        if (mode === splitModes.split && there.has(slot))
          destroyConnection(this.ends(slot), this.cookie(slot));
        this.free(slot);
      }
    }
  }

  /** Frees the slots of connections that went on without the engine, and are over. */
  forgetShifted(nowMs: number, waitsMs = answersMs): void {
    const slots: number[] = [];
    for (let slot = 0; slot < this.#slots; slot += 1) {
      if (this.number(slot, "mode") === splitModes.shift) slots.push(slot);
    }
    if (slots.length === 0) return;
    const there = this.states();
    // Its ends may be those of a later connection, whose handshake was renumbered already.
    const gone = slots.filter((slot) => !there.has(slot));
    const present = new Set(
      gone.length === 0 ? [] : listTcpConnections().map((each) => nameOf(keyOfListed(each))),
    );
    const isOver = (slot: number): boolean => {
      const key = this.#key(slot);
      if (this.#slotOf(key) !== slot) return true;
      const isGone = gone.includes(slot) && !present.has(nameOf(key));
      if (!isGone) this.#goneSince.delete(slot);
      else if (!this.#goneSince.has(slot)) this.#goneSince.set(slot, nowMs);
      return isGone && nowMs - (this.#goneSince.get(slot) ?? nowMs) >= waitsMs;
    };
    for (const slot of slots.filter(isOver)) this.free(slot);
  }

  /** Puts the programs on interfaces that have come, and forgets those that are gone. Throws `linux.*` problems. */
  watchInterfaces(): void {
    const there = listInterfaces().filter(({ name, mac }) => mac !== "" && !this.#own.includes(name));
    const names = new Set(there.map(({ name, index }) => `${name} ${index}`));
    for (const name of this.#interfaces.keys()) if (!names.has(name)) this.#interfaces.delete(name);
    for (const { name, index, mac } of there) {
      if (this.#interfaces.has(`${name} ${index}`)) continue;
      const address = Uint8Array.from(mac.split(":"), (byte) => Number.parseInt(byte, 16));
      this.#maps.interfaces.set(int32(index), Uint8Array.from([...address, 0, 0]));
      for (const [program, hook] of this.#hooks()) {
        // What an engine that is no more has left there does the same as these.
        replaceOnInterface(programName, program, index, hook);
      }
      this.#interfaces.set(`${name} ${index}`, index);
    }
  }

  /** Makes exactly these the ports of which new connections are held; undefined: any. */
  lookFor(ports: readonly WantedPorts[]): void {
    const keys = new Map(ports.map((each) => [JSON.stringify([each.local, each.remote]), portKey(each)]));
    for (const key of keys.values()) this.#maps.ports.set(key, int32(1));
    for (const [name, key] of this.#wanted) if (!keys.has(name)) this.#maps.ports.delete(key);
    this.#wanted = keys;
  }

  /** Calls back with the slot of each connection that was established and is held. */
  events(opened: (slot: number) => void): void {
    this.#events.read((bytes) => {
      opened(new DataView(bytes.buffer, bytes.byteOffset, splitEventBytes).getUint32(4, true));
    });
  }

  /** Takes in packets that are held; answers whether there may be more. */
  takeHeld(): boolean {
    return this.#held.take((key) => {
      const slot = this.#slotOf(key);
      return slot !== undefined && this.number(slot, "mode") === splitModes.hold;
    });
  }

  /**
   * Holds a connection that is there already, once `awaitPast` is over; undefined when there is no slot, and of one that is held or
   * split by now.
   */
  adopt(cookie: bigint, ends: StreamEnds): number | undefined {
    const known = this.#slotOf(keyOf(ends));
    if (known !== undefined && this.number(known, "mode") === splitModes.shift) {
      this.#belong(known, cookie);
      this.set(known, "mode", splitModes.hold);
      return known;
    }
    const isKnown = known !== undefined && this.number(known, "isOver") === 0;
    if (isKnown && this.cookie(known) === cookie) return undefined;
    const found = this.#maps.free.pop();
    if (!found) return undefined;
    const slot = new Int32Array(found.slice().buffer)[0] as number;
    const key = keyOf(ends);
    this.#bytes.set(key, slot * splitRecordBytes + record.key);
    this.#belong(slot, cookie);
    this.set(slot, "mode", splitModes.hold);
    this.#maps.flows.set(key, int32(slot));
    return slot;
  }

  /** The application's socket is this one. */
  #belong(slot: number, cookie: bigint): void {
    this.#maps.cookies.delete(cookieKey(this.cookie(slot)));
    this.#counters[(slot * splitRecordBytes + record.cookie) / 8] = cookie;
    this.#maps.cookies.set(cookieKey(cookie), int32(slot));
  }

  /** The states of the applications' sockets of all slots, while the kernel knows them. */
  states(): Map<number, SocketState> {
    return new Map(this.#states.read().map((state) => [state.slot, state]));
  }

  /**
   * Splits a connection that is held: from now on the engine has both its halves. Undefined when its socket is not in a state for that
   * (now). Throws `SystemCallError`.
   */
  split(slot: number, state: SocketState): Halves | undefined {
    if ((state.state !== ESTABLISHED && state.state !== FIN_WAIT1) || state.hasGaps || state.isBound)
      return undefined;
    const ends = this.ends(slot);
    const [local, remote] = [ends.local, ends.remote].map(insideEnd) as [StreamEnd, StreamEnd];
    const shiftOut = this.number(slot, "shiftOut");
    const shiftIn = this.number(slot, "shiftIn");
    const { receiveNext, scales, hasSack } = state;
    const unacknowledged = this.#acknowledged(slot, state, shiftOut);
    const timestampBytes = state.hasTimestamp ? 12 : 0;
    const receivable = Math.min(windowMax, state.receiveWindowAt + state.receiveWindow - receiveNext);
    const sendable = Math.min(windowMax, state.sendWindow);
    const nearState: HalfState = {
      self: remote,
      peer: local,
      sendNext: receiveNext,
      receiveNext: unacknowledged,
      sendWindow: Math.max(0, receivable),
      sendWindowMax: Math.max(state.receiveWindow, receivable, 0),
      sendWindowAt: unacknowledged,
      receiveWindow: sendable,
      receiveWindowAt: unacknowledged,
      segmentBytes: Math.max(536, state.segmentBytesMax),
      scales: scales && { send: scales.receive, receive: scales.send },
      hasSack,
      clockOffset: undefined,
      trafficClass: 0,
    };
    const farState: HalfState = {
      self: local,
      peer: remote,
      sendNext: unacknowledged + shiftOut,
      receiveNext: receiveNext - shiftIn,
      sendWindow: state.sendWindow,
      sendWindowMax: Math.max(state.sendWindowMax, state.sendWindow),
      sendWindowAt: state.sendWindowAt - shiftIn,
      receiveWindow: state.receiveWindow,
      receiveWindowAt: state.receiveWindowAt - shiftIn,
      segmentBytes: state.segmentBytes + timestampBytes,
      scales,
      hasSack,
      clockOffset: state.hasTimestamp ? state.clockOffset : undefined,
      trafficClass: state.trafficClass,
    };
    const nearFd = this.#near.inside(() => openHalf(nearState));
    let farFd: number;
    try {
      farFd = this.#far.inside(() => openHalf(farState));
    } catch (error) {
      closeDescriptor(nearFd);
      throw error;
    }
    this.#hold(descriptor(nearFd));
    this.#hold(descriptor(farFd));
    this.set(slot, "mode", splitModes.split);
    this.giveBack(slot);
    const shifts = { out: shiftOut, in: shiftIn };
    return { near: nearFd, far: farFd, sentBefore: (state.written - unacknowledged) >>> 0, shifts };
  }

  /**
   * The near half answers the application as long as the engine is there. Whether the peer is there the far one finds out, as the
   * application wants it now.
   */
  watchOver(halves: Halves, { liveness }: SocketState): void {
    if (isDeepStrictEqual(liveness, halves.liveness)) return;
    halves.liveness = liveness;
    setLiveness(halves.far, liveness);
  }

  /** What the peer has received, as the application's socket will know once it gets the packets that are held. */
  #acknowledged(slot: number, { unacknowledged, written }: SocketState, shiftOut: number): number {
    this.#takeAllHeld();
    const said = this.#held.acknowledged(this.#key(slot));
    if (said === undefined) return unacknowledged;
    const own = (said - shiftOut) >>> 0;
    const isBetween = ((own - unacknowledged) | 0) > 0 && ((written - own) | 0) >= 0;
    return isBetween ? own : unacknowledged;
  }

  #slotOf(key: Uint8Array): number | undefined {
    const found = this.#maps.flows.get(key);
    return found && new Int32Array(found.slice().buffer)[0];
  }

  #key(slot: number): Uint8Array {
    const at = slot * splitRecordBytes + record.key;
    return this.#bytes.slice(at, at + flowKeyBytes);
  }

  #takeAllHeld(): void {
    while (this.takeHeld());
  }

  /** The packets that were held go on. */
  giveBack(slot: number): void {
    this.#held.giveBack(this.#key(slot));
    this.#takeAllHeld();
  }

  /**
   * Has split connections go on without their halves, of which nothing is left in the engine: each packet is numbered as its
   * receiver expects. Answers which do: not those of which something is on its way still, or one of the ends.
   */
  shift(leaving: readonly Leaving[]): readonly Leaving[] {
    const idle = leaving.filter(({ halves }) => this.#areIdle(halves));
    if (idle.length === 0) return [];
    for (const each of idle) {
      this.#noteShifts(each);
      this.set(each.slot, "mode", splitModes.hold);
    }
    this.awaitPast();
    const gone = new Set(idle.filter(({ halves }) => this.#areIdle(halves)));
    for (const each of idle) {
      if (gone.has(each)) this.letGo(each.slot);
      else {
        this.set(each.slot, "mode", splitModes.split);
        this.giveBack(each.slot);
      }
    }
    return [...gone];
  }

  /** A connection that is held goes on without the engine, numbered as its receivers expect. */
  letGo(slot: number): void {
    if (this.number(slot, "shiftOut") === 0 && this.number(slot, "shiftIn") === 0) {
      this.free(slot);
      return;
    }
    this.set(slot, "mode", splitModes.shift);
    this.giveBack(slot);
  }

  /**
   * Notes that nothing of a split connection is here: should this process end now, the connection goes on without it. A packet
   * with bytes that comes later makes the note void.
   * @param packets so many had come (`counter`) a while ago, and are with the halves
   */
  noteIdle(leaving: Leaving, packets: bigint): void {
    if (!this.#areIdle(leaving.halves)) return;
    this.#noteShifts(leaving);
    this.settle(leaving.slot, packets);
  }

  #noteShifts({ slot, halves, more }: Leaving): void {
    this.set(slot, "shiftOut", halves.shifts.out + more.out);
    this.set(slot, "shiftIn", halves.shifts.in + more.in);
  }

  /** Both ends are told that the connection is broken off. */
  breakHalves(slot: number, halves: Halves): void {
    // Packets that say so go on, whatever was counted.
    this.settle(slot, -1n);
    for (const fd of [halves.near, halves.far]) breakHalf(fd);
  }

  /** Whether both halves have nothing more to send, and know of nothing more to come. */
  areClosed({ near, far }: Halves): boolean {
    return halfState(near) === CLOSE && halfState(far) === CLOSE;
  }

  #areIdle({ near, far }: Halves): boolean {
    const isIdle = (fd: number): boolean =>
      halfState(fd) === ESTABLISHED && unreadBytesOf(fd) === 0 && unsentBytes(fd) === 0;
    return isIdle(near) && isIdle(far);
  }

  /** Packets that were past the programs before are with their sockets afterwards; takes some milliseconds. */
  awaitPast(): void {
    const number = membarrierNumbers[process.arch] ?? -1;
    checked("membarrier", Number(membarrier(number, MEMBARRIER_CMD_GLOBAL, 0, 0)));
  }

  closeHalves({ near, far }: Halves): void {
    for (const fd of [near, far]) {
      this.#release(descriptor(fd));
      closeDescriptor(fd);
    }
  }

  /** Its packets are nobody's business any more, and another may have the slot. */
  free(slot: number): void {
    this.set(slot, "mode", splitModes.none);
    this.giveBack(slot);
    const at = slot * splitRecordBytes;
    const key = this.#key(slot);
    if (this.#slotOf(key) === slot) this.#maps.flows.delete(key);
    this.#maps.cookies.delete(cookieKey(this.cookie(slot)));
    this.#bytes.fill(0, at, at + splitRecordBytes);
    this.#goneSince.delete(slot);
    this.#maps.free.push(int32(slot));
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

  /** Between whom the connection is. */
  ends(slot: number): StreamEnds {
    const at = slot * splitRecordBytes + record.key;
    const key = Buffer.from(this.#bytes.slice(at, at + flowKeyBytes));
    const bytes = key.readUInt32LE(flowKey.family) === 4 ? 4 : 16;
    const end = (name: "local" | "remote") => ({
      address: Uint8Array.from(key.subarray(flowKey[name], flowKey[name] + bytes)),
      port: key.readUInt16BE(flowKey[`${name}Port`]),
    });
    return { local: end("local"), remote: end("remote") };
  }

  close(): void {
    for (const holding of this.#holdings()) this.#release(holding);
    this.#settleRecords();
    // Connections that go on with other numbers need the programs.
    if (!this.#hasShifted()) this.#leaveInterfaces();
    for (const fd of this.#descriptors) closeDescriptor(fd);
    this.#held.close();
    this.#near.close();
    this.#far.close();
    this.#states.close();
    this.#events.close();
    for (const map of Object.values(this.#maps)) map.close();
    reclaim([this.#mapping]);
  }

  /** Leaves nothing but what connections that go on without an engine need. */
  #settleRecords(): void {
    for (let slot = 0; slot < this.#slots; slot += 1) {
      const mode = this.number(slot, "mode");
      if (mode === splitModes.hold) this.letGo(slot);
      else if (mode === splitModes.split) this.free(slot);
    }
    this.forgetShifted(performance.now(), 0);
  }

  #hooks(): [program: number, hook: InterfaceHook][] {
    return [
      [this.#programs.out, "interfaceEgress"],
      [this.#programs.in, "interfaceIngress"],
    ];
  }

  #leaveInterfaces(): void {
    for (const index of this.#interfaces.values()) {
      for (const [program, hook] of this.#hooks()) detachFromInterface(program, index, hook);
    }
  }

  #hasShifted(): boolean {
    return Array.from({ length: this.#slots }, (_, slot) => slot).some(
      (slot) => this.number(slot, "mode") === splitModes.shift,
    );
  }

  /** But for the halves. */
  #holdings(): Holding[] {
    const maps = Object.values(this.#maps).map(({ fd }) => fd);
    const others = [this.#held.fd, this.#near.fd, this.#far.fd, ...this.#states.descriptors()];
    return [
      this.#mapping,
      ...this.#events.holdings(),
      ...[...this.#descriptors, ...others, ...maps].map(descriptor),
    ];
  }

  #keep(fd: number): number {
    this.#descriptors.push(fd);
    return fd;
  }
}

type Number32 = "mode" | "leavesBy" | "comesBy" | "shiftOut" | "shiftIn" | "isOver";

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
  const records = { keyBytes: 4, valueBytes: splitRecordBytes, entriesMax: slots, mappable: true };
  return {
    flows: map({
      type: "hash",
      keyBytes: flowKeyBytes,
      valueBytes: 4,
      entriesMax: 2 * slots,
      name: names.flows,
    }),
    records: map({ type: "array", ...records, name: names.records }),
    cookies: map({ type: "hash", keyBytes: 8, valueBytes: 4, entriesMax: 2 * slots, name: names.cookies }),
    free: map({ type: "queue", keyBytes: 0, valueBytes: 4, entriesMax: slots }),
    ports: map({ type: "hash", keyBytes: 8, valueBytes: 4, entriesMax: portsMax }),
    interfaces: map({ type: "hash", keyBytes: 4, valueBytes: 8, entriesMax: interfacesMax }),
  };
}

const descriptor = (fd: number): Holding => ({ kind: "descriptor", fd });
const cookieKey = (cookie: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(cookie).buffer);

const nameOf = (key: Uint8Array): string => Buffer.from(key).toString("hex");

function keyOfListed({ local, remote, localPort, remotePort }: TcpConnection): Uint8Array {
  return keyOf({ local: { address: local, port: localPort }, remote: { address: remote, port: remotePort } });
}

function keyOf({ local, remote }: StreamEnds): Uint8Array {
  const key = Buffer.alloc(flowKeyBytes);
  key.set(local.address, flowKey.local);
  key.set(remote.address, flowKey.remote);
  key.writeUInt16BE(local.port, flowKey.localPort);
  key.writeUInt16BE(remote.port, flowKey.remotePort);
  key.writeUInt32LE(local.address.length === 4 ? 4 : 6, flowKey.family);
  return key;
}

/** As whom a half stands for an end. */
function insideEnd({ address, port }: StreamEnd): StreamEnd {
  return { address: loopback6.every((byte, at) => byte === address[at]) ? standIn6 : address, port };
}

function portKey({ local = 0, remote = 0 }: WantedPorts): Uint8Array {
  return new Uint8Array(Uint32Array.of(local, operationPort(remote)).buffer);
}
