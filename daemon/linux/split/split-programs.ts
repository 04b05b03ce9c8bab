import { frame } from "../bpf-program.ts";
import type { KernelTypes } from "../btf.ts";
import {
  context,
  headerAt,
  helpers,
  keyAt,
  known,
  packet,
  results,
  type SplitMaps,
  SplitProgram,
  saved,
  slotAt,
  tcp,
  tcpAt,
  tupleAt,
  wordAt,
} from "./split-program.ts";
import { flowKey, flowKeyBytes, splitRecord as record, splitModes } from "./split-record.ts";

/** Where the programs send packets to: interfaces of the host's, and hardware addresses behind them. */
export interface SplitWays {
  /** Leads to the near sockets, and to the far ones. */
  near: { index: number; to: readonly number[] };
  far: { index: number; to: readonly number[] };
  /** Leads to the engine; the address says which way a packet goes. */
  hold: { index: number; out: readonly number[]; in: readonly number[] };
  loopback: number;
}

/** On packets that have been through here: they are not taken again on their further way. */
export const splitMark = 0x4c34_3500 | 0;
/** What is told through `events`. */
export const splitEvents = { opened: 1 } as const;
export const splitEventBytes = 8;

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;
/** Offset of the data within a TCP header's byte: its upper half, in words. */
const offsetBits = 4;
const SACK = 5;
const optionsMax = 12;
const sackBlocksMax = 4;
/** BPF_F_PSEUDO_HDR is not set: of the header's own words, 4 bytes each. */
const word = 4;
// struct bpf_sock_ops (linux/bpf.h).
const operation = {
  kind: 0,
  family: 20,
  remoteAddress4: 24,
  localAddress4: 28,
  remoteAddress6: 32,
  localAddress6: 48,
  remotePort: 64,
  localPort: 68,
} as const;
/** BPF_F_CURRENT_NETNS. */
const ownNamespace = -1;
const AF_INET6 = 10;
const established = { active: 4, passive: 5 } as const;
/** "::ffff:0:0/96": the third word of an IPv4 connection of a socket that can do both, as it lies in memory. */
const mappedWord = 0xffff_0000 | 0;

/** The BPF programs that split connections below TCP (docs/layer45-ebpf.md). Which is attached where: `SplitStreams`. */
export class SplitPrograms {
  readonly #types: KernelTypes;
  readonly #maps: SplitMaps;
  readonly #ways: SplitWays;

  constructor(types: KernelTypes, maps: SplitMaps, ways: SplitWays) {
    this.#types = types;
    this.#maps = maps;
    this.#ways = ways;
  }

  /** Of every interface, for what leaves by it ("out") and what comes ("in"). */
  passing(direction: "out" | "in"): Uint8Array {
    const program = this.#begin();
    program.load(4, 1, context, packet.mark).jumpIf(1, "==", splitMark, "next");
    program.findFlow(direction, "next", direction === "in" ? "unknown" : "next");
    const by = direction === "out" ? record.leavesBy : record.comesBy;
    program.load(4, 1, context, packet.interface).store(4, known, by, 1);
    this.#otherWay(program, direction === "out" ? "comesBy" : "leavesBy");
    this.#choose(program, direction, "next");
    if (direction === "in") this.#awaitHandshake(program.label("unknown"));
    return program.label("next").give(results.next).finish(results.next);
  }

  /** Of the interface that leads to the engine, for what it gives back. */
  givenBack(): Uint8Array {
    const program = this.#begin()
      .readPacket(0, headerAt, 6, "drop")
      .load(1, saved, frame, headerAt + 5);
    const last = (address: readonly number[]) => address[5] as number;
    program.jumpIf(saved, "==", last(this.#ways.hold.in), "came").findFlow("out", "drop");
    this.#choose(program, "out", "leave");
    program.label("leave").letOut(splitMark, this.#ways.loopback);
    program.label("came").findFlow("in", "drop");
    this.#choose(program, "in", "enter");
    program.label("enter").letIn(splitMark);
    return program.label("drop").give(results.drop).finish(results.drop);
  }

  /** Of the interface that leads to the near sockets ("in": what they send goes to the application), or to the far ones. */
  fromHalf(direction: "out" | "in"): Uint8Array {
    const program = this.#begin().takeBackStandIn().findFlow(direction, "drop");
    program.load(4, 1, known, record.mode);
    program.jumpIf(1, "==", splitModes.hold, "goes on").jumpIf(1, "!=", splitModes.split, "drop");
    // With nothing of the connection in its halves whoever had them is no more; it goes on without them.
    program
      .load(1, 1, frame, headerAt + tcp.flags)
      .and(1, RST)
      .jumpIf(1, "==", 0, "goes on");
    program.load(8, 1, known, record.packets).load(8, 2, known, record.settled);
    program.jumpIfRegister(1, "!=", 2, "breaks off").storeNumber(4, known, record.mode, splitModes.shift);
    program.jump("drop").label("breaks off").storeNumber(4, known, record.isOver, 1).label("goes on");
    if (direction === "in") program.letIn(splitMark);
    else program.letOut(splitMark, this.#ways.loopback);
    return program.label("drop").give(results.drop).finish(results.drop);
  }

  /** A connection is established: holds its packets when its ports are looked for (BPF_PROG_TYPE_SOCK_OPS). */
  established(namespace: bigint): Uint8Array {
    const { free, flows, records, cookies, events } = this.#maps;
    const program = this.#begin().load(4, 1, context, operation.kind);
    program.jumpIf(1, "==", established.active, "new").jumpIf(1, "!=", established.passive, "over");
    program.label("new").move(1, context).call(helpers.namespaceCookie);
    program.setLong(1, namespace).jumpIfRegister(0, "!=", 1, "over");
    this.#lookForPorts(program, "wanted", {
      local: () => program.load(4, 1, context, operation.localPort),
      remote: () => program.load(4, 1, context, operation.remotePort),
    });
    program.jump("over").label("wanted").clear(frame, slotAt);
    program.setMap(1, free).move(2, frame).add(2, slotAt).call(helpers.pop).jumpIf(0, "!=", 0, "over");
    program.setMap(1, records).move(2, frame).add(2, slotAt).call(helpers.lookUp).jumpIf(0, "==", 0, "over");
    program.move(known, 0);
    this.#noteKey(program);
    this.#goOnShifted(program);
    for (let at = 0; at < flowKeyBytes; at += 8) {
      program.load(8, 1, frame, keyAt + at).store(8, known, record.key + at, 1);
    }
    program
      .move(1, context)
      .call(helpers.cookie)
      .store(8, known, record.cookie, 0)
      .store(8, frame, wordAt, 0);
    program.setMap(1, cookies).move(2, frame).add(2, wordAt).move(3, frame).add(3, slotAt).set(4, 0);
    program.call(helpers.update).storeNumber(4, known, record.mode, splitModes.hold);
    program.setMap(1, flows).move(2, frame).add(2, keyAt).move(3, frame).add(3, slotAt).set(4, 0);
    program.call(helpers.update).load(4, 1, frame, slotAt).storeNumber(4, frame, wordAt, splitEvents.opened);
    program
      .store(4, frame, wordAt + 4, 1)
      .setMap(1, events)
      .move(2, frame)
      .add(2, wordAt);
    program.set(3, splitEventBytes).set(4, 0).call(helpers.output);
    return program.label("over").give(1).finish(1);
  }

  /** Of a connection between ends whose packets are renumbered, the handshake was so too. */
  #goOnShifted(program: SplitProgram): void {
    const { flows, records } = this.#maps;
    program.setMap(1, flows).move(2, frame).add(2, keyAt).call(helpers.lookUp).jumpIf(0, "==", 0, "plain");
    program.load(4, 1, 0, 0).store(4, frame, wordAt, 1);
    program.setMap(1, records).move(2, frame).add(2, wordAt).call(helpers.lookUp).jumpIf(0, "==", 0, "plain");
    program.load(4, 1, 0, record.mode).jumpIf(1, "!=", splitModes.shift, "plain");
    for (const shift of [record.shiftOut, record.shiftIn]) {
      program.load(4, 1, 0, shift).store(4, known, shift, 1);
    }
    program.label("plain");
  }

  /** Decides by the connection's mode; leads to `onwards` what goes its way. */
  #choose(program: SplitProgram, direction: "out" | "in", onwards: string): void {
    const { near, far, hold } = this.#ways;
    const half = direction === "out" ? near : far;
    const of = (name: string) => `${name} ${direction}`;
    program.load(4, 1, known, record.mode).jumpIf(1, "==", splitModes.hold, of("hold"));
    program.jumpIf(1, "==", splitModes.shift, of("shift")).jumpIf(1, "!=", splitModes.split, onwards);
    program
      .load(1, saved, frame, headerAt + tcp.flags)
      .move(1, saved)
      .and(1, SYN | ACK);
    program.jumpIf(1, "!=", SYN, of("split")).load(4, 1, known, record.isOver);
    program.jumpIf(1, "==", 0, of("split")).storeNumber(4, known, record.mode, splitModes.none);
    program.jump(onwards).label(of("split"));
    this.#count(program, of("counted"));
    program.label(of("counted")).standInForLoopback(direction).handTo(half.index, half.to);
    program.label(of("hold"));
    if (direction === "out") this.#letAcknowledge(program, of("shift"));
    program.handTo(hold.index, hold[direction]);
    program.label(of("shift"));
    this.#shift(program, direction, onwards);
    program.jump(onwards);
  }

  /** The peer may know at any time what the application has received: the end of a handshake is nothing else. */
  #letAcknowledge(program: SplitProgram, onwards: string): void {
    program.load(1, 1, frame, headerAt + tcp.flags).and(1, FIN | SYN | RST);
    program.jumpIf(1, "!=", 0, "more than an acknowledgment").load(1, 1, frame, headerAt + tcp.offset);
    program.shiftRight(1, offsetBits).multiply(1, 4).addRegister(1, tcpAt).load(4, 2, context, packet.length);
    program.jumpIfRegister(2, "<=", 1, onwards).label("more than an acknowledgment");
  }

  /**
   * Bytes that come before the handshake is over, in the segment that would end it, would be with the application before the
   * connection is held: they are dropped, to be sent again. But not where the application wants to be called for bytes alone
   * (TCP_DEFER_ACCEPT), for there nothing else ends the handshake.
   */
  #awaitHandshake(program: SplitProgram): void {
    program
      .load(1, 1, frame, headerAt + tcp.offset)
      .shiftRight(1, offsetBits)
      .multiply(1, 4);
    program.addRegister(1, tcpAt).load(4, 2, context, packet.length).jumpIfRegister(2, "<=", 1, "next");
    this.#lookForPorts(program, "asked for", {
      local: () => program.load(2, 1, frame, keyAt + flowKey.localPort).swap(1, 16),
      remote: () => program.load(2, 1, frame, keyAt + flowKey.remotePort).shiftLeft(1, 16),
    });
    program
      .jump("next")
      .label("asked for")
      .load(4, 1, frame, keyAt + flowKey.family);
    program.jumpIf(1, "==", 6, "tuple 6");
    this.#writeTuple(program, 4);
    program.set(3, 12).jump("look up").label("tuple 6");
    this.#writeTuple(program, 16);
    program.set(3, 36).label("look up").move(1, context).move(2, frame).add(2, tupleAt).set(4, ownNamespace);
    program.set(5, 0).call(helpers.lookUpSocket).jumpIf(0, "==", 0, "next").move(saved, 0);
    program.storeNumber(4, frame, wordAt, 1).move(1, 0).call(helpers.toTcpRequest);
    program.jumpIf(0, "==", 0, "looked").storeNumber(4, frame, wordAt, 0);
    program.load(8, 3, 0, this.#types.field("sock_common", "skc_listener").offset);
    const isDeferred = this.#types.field("inet_connection_sock", "icsk_accept_queue.rskq_defer_accept");
    program.add(3, isDeferred.offset).move(1, frame).add(1, wordAt).set(2, 1).call(helpers.readKernel);
    program.label("looked").move(1, saved).call(helpers.releaseSocket).load(4, 1, frame, wordAt);
    program.jumpIf(1, "!=", 0, "next").give(results.drop);
  }

  /** struct bpf_sock_tuple, of the packet's source and destination. */
  #writeTuple(program: SplitProgram, bytes: 4 | 16): void {
    for (let at = 0; at < bytes; at += 4) {
      program.load(4, 1, frame, keyAt + flowKey.remote + at).store(4, frame, tupleAt + at, 1);
      program.load(4, 1, frame, keyAt + flowKey.local + at).store(4, frame, tupleAt + bytes + at, 1);
    }
    program.load(2, 1, frame, keyAt + flowKey.remotePort).store(2, frame, tupleAt + 2 * bytes, 1);
    program.load(2, 1, frame, keyAt + flowKey.localPort).store(2, frame, tupleAt + 2 * bytes + 2, 1);
  }

  /** Leads to the label when connections with these ports (each put into register 1) are looked for. */
  #lookForPorts(program: SplitProgram, label: string, ports: { local(): unknown; remote(): unknown }): void {
    for (const given of ["both", "local", "remote", "neither"]) {
      program.clear(frame, wordAt);
      if (given === "both" || given === "local") {
        ports.local();
        program.store(4, frame, wordAt, 1);
      }
      if (given === "both" || given === "remote") {
        ports.remote();
        program.store(4, frame, wordAt + 4, 1);
      }
      program.setMap(1, this.#maps.ports).move(2, frame).add(2, wordAt).call(helpers.lookUp);
      program.jumpIf(0, "!=", 0, label);
    }
  }

  /** Counts a packet that has bytes, or an end. */
  #count(program: SplitProgram, otherwise: string): void {
    program.and(saved, FIN | SYN).jumpIf(saved, "!=", 0, `${otherwise} it`);
    program
      .load(1, 1, frame, headerAt + tcp.offset)
      .shiftRight(1, offsetBits)
      .multiply(1, 4);
    program.addRegister(1, tcpAt).load(4, 2, context, packet.length).jumpIfRegister(2, "<=", 1, otherwise);
    program.label(`${otherwise} it`).set(1, 1).atomicAdd(known, record.packets, 1);
  }

  /** Numbers the packet as its receiver expects: its own bytes by one shift, those that it says it has, or lacks, by the other. */
  #shift(program: SplitProgram, direction: "out" | "in", onwards: string): void {
    const [own, others] =
      direction === "out"
        ? ([record.shiftOut, record.shiftIn] as const)
        : ([record.shiftIn, record.shiftOut] as const);
    const of = (name: string) => `${name} ${direction}`;
    program.load(4, 1, known, own).jumpIf(1, "==", 0, of("acknowledgment"));
    program.load(4, saved, frame, headerAt + tcp.sequence);
    this.#renumber(program, tcp.sequence, (register) => program.load(4, 1, known, own).add32(register, 1));
    program.label(of("acknowledgment")).load(4, 1, known, others).jumpIf(1, "==", 0, onwards);
    program.load(4, saved, frame, headerAt + tcp.acknowledgment);
    const less = (register: number): void => {
      program.load(4, 1, known, others).subtract32(register, 1);
    };
    this.#renumber(program, tcp.acknowledgment, less);
    this.#shiftSack(program, less, onwards, direction);
  }

  /** What register `saved` has of the TCP header at this offset becomes another number, in the packet too. Uses the word. */
  #renumber(program: SplitProgram, offset: number, change: (register: number) => void): void {
    program
      .store(4, frame, wordAt + 4, saved)
      .move(2, saved)
      .swap(2, 32);
    change(2);
    program.swap(2, 32).store(4, frame, wordAt, 2);
    program
      .move(1, context)
      .move(2, tcpAt)
      .add(2, tcp.checksum)
      .load(4, 3, frame, wordAt + 4);
    program.load(4, 4, frame, wordAt).set(5, word).call(helpers.replaceChecksum);
    program.move(2, tcpAt).add(2, offset).move(1, context).move(3, frame).add(3, wordAt).set(4, word);
    program.set(5, 0).call(helpers.storeBytes);
  }

  /** The same for the bytes that a packet says it has beyond those it lacks (RFC 2018). */
  #shiftSack(program: SplitProgram, change: (register: number) => void, onwards: string, id: string): void {
    // Where the options end is kept with the slot, which is not needed any more; `saved` goes through them.
    program
      .load(1, 1, frame, headerAt + tcp.offset)
      .shiftRight(1, offsetBits)
      .multiply(1, 4);
    program.addRegister(1, tcpAt).store(8, frame, slotAt, 1).move(saved, tcpAt).add(saved, 20);
    for (let turn = 0; turn < optionsMax; turn += 1) {
      const of = (name: string) => `${name} ${turn} ${id}`;
      program.load(8, 1, frame, slotAt).jumpIfRegister(saved, ">=", 1, onwards);
      program.readPacket({ register: saved }, wordAt, 2, onwards).load(1, 1, frame, wordAt);
      program.jumpIf(1, "==", 0, onwards).jumpIf(1, "!=", 1, of("long")).add(saved, 1).jump(of("next"));
      program
        .label(of("long"))
        .load(1, 2, frame, wordAt + 1)
        .jumpIf(2, "<", 2, onwards);
      program.jumpIf(1, "==", SACK, `sack ${id}`).addRegister(saved, 2).label(of("next"));
    }
    program.jump(onwards).label(`sack ${id}`).add(2, -2).shiftRight(2, 3);
    // How many blocks there are is kept in place of the key, which is not needed any more.
    program
      .store(8, frame, keyAt, 2)
      .add(saved, 2)
      .subtractRegister(saved, tcpAt)
      .store(8, frame, keyAt + 8, saved);
    for (let block = 0; block < sackBlocksMax; block += 1) {
      program.load(8, 1, frame, keyAt).jumpIf(1, "<=", block, onwards);
      for (const edge of [0, 4]) {
        program
          .load(8, 1, frame, keyAt + 8)
          .addRegister(1, tcpAt)
          .add(1, block * 8 + edge);
        program.store(8, frame, keyAt + 16, 1).readPacket({ register: 1 }, wordAt, 4, onwards);
        program
          .load(4, saved, frame, wordAt)
          .store(4, frame, wordAt + 4, saved)
          .move(2, saved)
          .swap(2, 32);
        change(2);
        program.swap(2, 32).store(4, frame, wordAt, 2).move(1, context).move(2, tcpAt).add(2, tcp.checksum);
        program
          .load(4, 3, frame, wordAt + 4)
          .load(4, 4, frame, wordAt)
          .set(5, word);
        program.call(helpers.replaceChecksum).load(8, 2, frame, keyAt + 16);
        program
          .move(1, context)
          .move(3, frame)
          .add(3, wordAt)
          .set(4, word)
          .set(5, 0)
          .call(helpers.storeBytes);
      }
    }
  }

  /** A connection of which nothing has come yet, or left, is taken to come and leave by the same interface. */
  #otherWay(program: SplitProgram, name: "leavesBy" | "comesBy"): void {
    program.load(4, 2, known, record[name]).jumpIf(2, "!=", 0, "known way").store(4, known, record[name], 1);
    program.label("known way");
  }

  /** Puts down at the key between whom the connection is. */
  #noteKey(program: SplitProgram): void {
    for (let at = 0; at < flowKeyBytes; at += 8) program.clear(frame, keyAt + at);
    const copy = (from: number, to: number): void => {
      program.load(4, 1, context, from).store(4, frame, keyAt + to, 1);
    };
    program
      .load(4, 1, context, operation.localPort)
      .swap(1, 16)
      .store(2, frame, keyAt + flowKey.localPort, 1);
    program
      .load(4, 1, context, operation.remotePort)
      .shiftRight(1, 16)
      .store(2, frame, keyAt + flowKey.remotePort, 1);
    program.load(4, 1, context, operation.family).jumpIf(1, "!=", AF_INET6, "version 4");
    program.load(4, 1, context, operation.remoteAddress6).jumpIf(1, "!=", 0, "version 6");
    program.load(4, 1, context, operation.remoteAddress6 + 4).jumpIf(1, "!=", 0, "version 6");
    program.load(4, 1, context, operation.remoteAddress6 + 8).setLong(2, BigInt(mappedWord >>> 0));
    program.jumpIfRegister(1, "!=", 2, "version 6").label("version 4");
    copy(operation.localAddress4, flowKey.local);
    copy(operation.remoteAddress4, flowKey.remote);
    program
      .storeNumber(4, frame, keyAt + flowKey.family, 4)
      .jump("noted")
      .label("version 6");
    for (let at = 0; at < 16; at += 4) {
      copy(operation.localAddress6 + at, flowKey.local + at);
      copy(operation.remoteAddress6 + at, flowKey.remote + at);
    }
    program.storeNumber(4, frame, keyAt + flowKey.family, 6).label("noted");
  }

  #begin(): SplitProgram {
    return new SplitProgram(this.#maps);
  }
}
