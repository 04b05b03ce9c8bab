import { isDeepStrictEqual } from "node:util";
import { attempt, tracingCapabilities } from "../attempt.ts";
import { attachToCgroup, loadBpf } from "../bpf-load.ts";
import { BpfMap } from "../bpf-map.ts";
import { KernelTypes } from "../btf.ts";
import { openCgroupRoot } from "../cgroup-root.ts";
import { destroyConnection } from "../destroy-connection.ts";
import { checked, closeDescriptor, libc } from "../libc.ts";
import { int32 } from "../memory.ts";
import { networkNamespaceCookie } from "../namespace.ts";
import { type Kept, openAll } from "../open-all.ts";
import type { Holding } from "../reclaim.ts";
import { RingBuffer } from "../ring-buffer.ts";
import { unreadBytes, unsentBytes } from "../socket-options.ts";
import { operationPort, type StreamEnds } from "../stream-ends.ts";
import { listTcpConnections, type TcpConnection } from "../tcp-connections.ts";
import { breakHalf, halfState, type Liveness, openHalf, setLiveness } from "./half-socket.ts";
import { halfStates, type Shifts } from "./half-states.ts";
import { HeldPackets } from "./held-packets.ts";
import { attachToInterface } from "./interface-programs.ts";
import { indexOf, PrivateNetwork, setNetwork, setUpLink } from "./private-network.ts";
import { type SocketState, SocketStates } from "./socket-states.ts";
import { programName, SplitInterfaces } from "./split-interfaces.ts";
import { SplitPrograms, type SplitWays, splitEventBytes } from "./split-programs.ts";
import { splitModes } from "./split-record.ts";
import { endsOf, keyOf, SplitRecords } from "./split-records.ts";

const what = "split TCP connections (BPF on interfaces)";
const membarrier = libc.func("long syscall(long, long, long, long)");
const membarrierNumbers: Record<string, number> = { x64: 324, arm64: 283 };
const MEMBARRIER_CMD_GLOBAL = 1;
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

/** The kernel's side of split TCP connections (docs/layer45-ebpf.md). */
export class SplitStreams {
  /** Readable when `events` has something to tell, and when `takeHeld` has something to take. */
  readonly fd: number;
  readonly heldFd: number;
  readonly #events: RingBuffer;
  readonly records: SplitRecords;
  readonly #ports: BpfMap;
  readonly #near: PrivateNetwork;
  readonly #far: PrivateNetwork;
  readonly #held: HeldPackets;
  readonly #states: SocketStates;
  readonly #descriptors: number[] = [];
  readonly #interfaces: SplitInterfaces;
  readonly #hold: (holding: Holding) => void;
  readonly #release: (holding: Holding) => void;
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
    this.#hold = hold;
    this.#release = release;
    const types = KernelTypes.ofThisKernel();
    this.#events = kept(new RingBuffer(eventsBytes));
    this.fd = this.#events.map.fd;
    this.records = kept(SplitRecords.open(slots, networkNamespaceCookie()));
    kept({ close: () => this.#descriptors.forEach(closeDescriptor) });
    this.#ports = new BpfMap({ type: "hash", keyBytes: 8, valueBytes: 4, entriesMax: portsMax });
    this.#keep(this.#ports.fd);
    const addresses = new BpfMap({ type: "hash", keyBytes: 4, valueBytes: 8, entriesMax: interfacesMax });
    this.#keep(addresses.fd);
    this.#states = kept(new SocketStates(types, this.records.maps.cookies));
    const tag = Math.random().toString(36).slice(2, 8);
    const holdName = `nl-hold-${tag}`;
    this.#near = kept(PrivateNetwork.make(`nl-near-${tag}`, near));
    this.#far = kept(PrivateNetwork.make(`nl-far-${tag}`, far));
    this.#held = kept(new HeldPackets(holdName, { out: holdOut[5] as number, in: holdIn[5] as number }));
    this.heldFd = this.#held.fd;
    setUpLink(holdName, heldMtu);
    const loopback = indexOf("lo");
    // What comes back to the loopback interface has the addresses that only its own packets have otherwise.
    for (const name of ["route_localnet", "accept_local"]) setNetwork(`ipv4/conf/lo/${name}`, "1");
    const ways: SplitWays = {
      near: { index: this.#near.index, to: near },
      far: { index: this.#far.index, to: far },
      hold: { index: indexOf(holdName), out: holdOut, in: holdIn },
      loopback,
    };
    const programs = new SplitPrograms(
      types,
      { ...this.records.maps, ports: this.#ports, interfaces: addresses, events: this.#events.map },
      ways,
    );
    const onInterface = (instructions: Uint8Array, index: number): void => {
      const program = this.#keep(loadBpf({ type: "interface", instructions }));
      attachToInterface(program, index, "interfaceIngress");
    };
    onInterface(programs.givenBack(), ways.hold.index);
    onInterface(programs.fromHalf("in"), ways.near.index);
    onInterface(programs.fromHalf("out"), ways.far.index);
    const passing = (direction: "in" | "out"): number =>
      this.#keep(
        loadBpf({ type: "interface", instructions: programs.passing(direction), name: programName }),
      );
    this.#interfaces = new SplitInterfaces({
      programs: { in: passing("in"), out: passing("out") },
      addresses,
      except: [this.#near.outside, this.#far.outside, holdName],
    });
    kept({ close: () => this.#interfaces.leave() });
    this.#interfaces.watch();
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
    const records = this.records;
    for (const mode of ["hold", "split", "shift"] as const) {
      for (const slot of records.inMode(mode)) records.belong(slot, records.cookie(slot));
    }
    const there = this.states();
    for (const slot of records.inMode("none")) this.free(slot);
    // Nothing of those that were held has been with that engine yet.
    for (const slot of records.inMode("hold")) this.letGo(slot);
    for (const slot of records.inMode("split")) {
      if (there.has(slot)) destroyConnection(this.ends(slot), this.cookie(slot));
      this.free(slot);
    }
  }

  /** Frees the slots of connections that went on without the engine, and are over. */
  forgetShifted(nowMs: number, waitsMs = answersMs): void {
    const slots = this.records.inMode("shift");
    if (slots.length === 0) return;
    const there = this.states();
    // Its ends may be those of a later connection, whose handshake was renumbered already.
    const gone = slots.filter((slot) => !there.has(slot));
    const present = new Set(
      gone.length === 0 ? [] : listTcpConnections().map((each) => nameOf(keyOfListed(each))),
    );
    const isOver = (slot: number): boolean => {
      const key = this.records.key(slot);
      if (this.records.slotOf(key) !== slot) return true;
      const isGone = gone.includes(slot) && !present.has(nameOf(key));
      if (!isGone) this.#goneSince.delete(slot);
      else if (!this.#goneSince.has(slot)) this.#goneSince.set(slot, nowMs);
      return isGone && nowMs - (this.#goneSince.get(slot) ?? nowMs) >= waitsMs;
    };
    for (const slot of slots.filter(isOver)) this.free(slot);
  }

  /** Looks for interfaces that have come, or are gone. Throws `SystemCallError`, `linux.*` problems. */
  watchInterfaces(): void {
    this.#interfaces.watch();
  }

  /** Makes exactly these the ports of which new connections are held; undefined: any. */
  lookFor(ports: readonly WantedPorts[]): void {
    const keys = new Map(ports.map((each) => [JSON.stringify([each.local, each.remote]), portKey(each)]));
    for (const key of keys.values()) this.#ports.set(key, int32(1));
    for (const [name, key] of this.#wanted) if (!keys.has(name)) this.#ports.delete(key);
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
      const slot = this.records.slotOf(key);
      return slot !== undefined && this.records.number(slot, "mode") === splitModes.hold;
    });
  }

  /**
   * Holds a connection that is there already, once `awaitPast` is over; undefined when there is no slot, and of one that is held or
   * split by now.
   */
  adopt(cookie: bigint, ends: StreamEnds): number | undefined {
    const known = this.records.slotOf(keyOf(ends));
    if (known !== undefined && this.records.number(known, "mode") === splitModes.shift) {
      this.records.belong(known, cookie);
      this.records.set(known, "mode", splitModes.hold);
      return known;
    }
    const isKnown = known !== undefined && this.records.number(known, "isOver") === 0;
    if (isKnown && this.cookie(known) === cookie) return undefined;
    const slot = this.records.take(keyOf(ends));
    if (slot === undefined) return undefined;
    this.records.belong(slot, cookie);
    this.records.set(slot, "mode", splitModes.hold);
    this.records.enter(slot);
    return slot;
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
    const shifts = { out: this.records.number(slot, "shiftOut"), in: this.records.number(slot, "shiftIn") };
    const acknowledged = this.#acknowledged(slot, state, shifts.out);
    const states = halfStates(this.ends(slot), state, { acknowledged, shifts });
    const nearFd = this.#near.inside(() => openHalf(states.near));
    let farFd: number;
    try {
      farFd = this.#far.inside(() => openHalf(states.far));
    } catch (error) {
      closeDescriptor(nearFd);
      throw error;
    }
    this.#hold(descriptor(nearFd));
    this.#hold(descriptor(farFd));
    this.records.set(slot, "mode", splitModes.split);
    this.giveBack(slot);
    return { near: nearFd, far: farFd, sentBefore: (state.written - acknowledged) >>> 0, shifts };
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
    const said = this.#held.acknowledged(this.records.key(slot));
    if (said === undefined) return unacknowledged;
    const own = (said - shiftOut) >>> 0;
    const isBetween = ((own - unacknowledged) | 0) > 0 && ((written - own) | 0) >= 0;
    return isBetween ? own : unacknowledged;
  }

  #takeAllHeld(): void {
    while (this.takeHeld());
  }

  /** The packets that were held go on. */
  giveBack(slot: number): void {
    this.#held.giveBack(this.records.key(slot));
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
      this.records.set(each.slot, "mode", splitModes.hold);
    }
    this.awaitPast();
    const gone = new Set(idle.filter(({ halves }) => this.#areIdle(halves)));
    for (const each of idle) {
      if (gone.has(each)) this.letGo(each.slot);
      else {
        this.records.set(each.slot, "mode", splitModes.split);
        this.giveBack(each.slot);
      }
    }
    return [...gone];
  }

  /** A connection that is held goes on without the engine, numbered as its receivers expect. */
  letGo(slot: number): void {
    if (this.records.number(slot, "shiftOut") === 0 && this.records.number(slot, "shiftIn") === 0) {
      this.free(slot);
      return;
    }
    this.records.set(slot, "mode", splitModes.shift);
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
    this.records.settle(leaving.slot, packets);
  }

  #noteShifts({ slot, halves, more }: Leaving): void {
    this.records.set(slot, "shiftOut", halves.shifts.out + more.out);
    this.records.set(slot, "shiftIn", halves.shifts.in + more.in);
  }

  /** Both ends are told that the connection is broken off. */
  breakHalves(slot: number, halves: Halves): void {
    // Packets that say so go on, whatever was counted.
    this.records.settle(slot, -1n);
    for (const fd of [halves.near, halves.far]) breakHalf(fd);
  }

  /** Whether both halves have nothing more to send, and know of nothing more to come. */
  areClosed({ near, far }: Halves): boolean {
    return halfState(near) === CLOSE && halfState(far) === CLOSE;
  }

  #areIdle({ near, far }: Halves): boolean {
    const isIdle = (fd: number): boolean =>
      halfState(fd) === ESTABLISHED && unreadBytes(fd) === 0 && unsentBytes(fd) === 0;
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
    this.records.set(slot, "mode", splitModes.none);
    this.giveBack(slot);
    this.#goneSince.delete(slot);
    this.records.free(slot);
  }

  cookie(slot: number): bigint {
    return this.records.cookie(slot);
  }

  /** Between whom the connection is. */
  ends(slot: number): StreamEnds {
    return endsOf(this.records.key(slot));
  }

  close(): void {
    for (const holding of this.#holdings()) this.#release(holding);
    this.#settleRecords();
    // Connections that go on with other numbers need the programs.
    if (this.records.inMode("shift").length === 0) this.#interfaces.leave();
    for (const fd of this.#descriptors) closeDescriptor(fd);
    this.#held.close();
    this.#near.close();
    this.#far.close();
    this.#states.close();
    this.#events.close();
    this.records.close();
  }

  /** Leaves nothing but what connections that go on without an engine need. */
  #settleRecords(): void {
    for (const slot of this.records.inMode("hold")) this.letGo(slot);
    for (const slot of this.records.inMode("split")) this.free(slot);
    this.forgetShifted(performance.now(), 0);
  }

  /** But for the halves. */
  #holdings(): Holding[] {
    const others = [this.#held.fd, this.#near.fd, this.#far.fd, ...this.#states.descriptors()];
    return [
      ...this.records.holdings(),
      ...this.#events.holdings(),
      ...[...this.#descriptors, ...others].map(descriptor),
    ];
  }

  #keep(fd: number): number {
    this.#descriptors.push(fd);
    return fd;
  }
}

const descriptor = (fd: number): Holding => ({ kind: "descriptor", fd });

const nameOf = (key: Uint8Array): string => Buffer.from(key).toString("hex");

function keyOfListed({ local, remote, localPort, remotePort }: TcpConnection): Uint8Array {
  return keyOf({ local: { address: local, port: localPort }, remote: { address: remote, port: remotePort } });
}

function portKey({ local = 0, remote = 0 }: WantedPorts): Uint8Array {
  return new Uint8Array(Uint32Array.of(local, operationPort(remote)).buffer);
}
