import { fail } from "../../schemas/mod.ts";
import { end, frame } from "./bpf-program.ts";
import type { KernelTypes } from "./btf.ts";
import { operationPort } from "./stream-ends.ts";
import {
  context,
  helpers,
  keyAt,
  known,
  type StreamMaps,
  StreamProgram,
  saved,
  sending,
  slotAt,
  streamEvents,
  streamsWanted,
  verdict,
  wanted,
} from "./stream-program.ts";
import { streamRecord as record, streamEnds, streamModes } from "./stream-record.ts";

const ingress = 1;
// struct sk_msg_md, struct __sk_buff, struct bpf_sock_ops (linux/bpf.h).
const message = { size: 68, socket: 72 } as const;
const buffer = { length: 0, socket: 168 } as const;
/** 127.0.0.1 as it lies in memory, read as a word. */
const loopback = 0x0100_007f;
const operation = {
  kind: 0,
  family: 20,
  remoteAddress4: 24,
  localAddress4: 28,
  remoteAddress6: 32,
  localAddress6: 48,
  remotePort: 64,
  localPort: 68,
  nextArriving: 100,
} as const;
const AF_INET6 = 10;
const established = { active: 4, passive: 5 } as const;
/** A piece of what arrives is not longer: a parser's message must fit into its socket's receive buffer. */
const pieceBytesMax = 32 * 1024;
const SHUT_RD = 0;
const [S_IFMT, S_IFSOCK] = [0o170000, 0o140000] as const;
const signBit = 0x8000_0000 | 0;
/** On the stack, where events are made afterwards. */
const sendingAt = -32;
/** So long an application's first call to send waits for the engine, and its shutdown. */
const holdWaitMs = 150;
const drainWaitMs = 240;

/** The BPF programs of tapped streams. Which is attached where: `StreamTaps`. */
export class StreamPrograms {
  readonly #types: KernelTypes;
  readonly #maps: StreamMaps;

  constructor(types: KernelTypes, maps: StreamMaps) {
    this.#types = types;
    this.#maps = maps;
  }

  /** Of the application's socket, for what it sends: hands it to the engine, which goes on with it (BPF_PROG_TYPE_SK_MSG). */
  sent(): Uint8Array {
    const { modeOut, takenOut, givenOut, isHeld } = record;
    const program = this.#begin().findRecord(message.socket, "slots", "pass");
    program.chooseMode(modeOut, takenOut, givenOut).load(4, 1, known, isHeld).jumpIf(1, "!=", 0, "held");
    // While nobody else holds the socket, its being closed would end the connection before its last bytes.
    program.tell(streamEvents.sending).await(holdWaitMs, () => {
      program.load(4, 1, known, isHeld).jumpIf(1, "!=", 0, "held");
    });
    program.label("held").load(4, 1, context, message.size).atomicAdd(known, takenOut, 1);
    this.#noteSending(program);
    program.redirect(helpers.redirectMessage, "inner", 0).load(4, 1, context, message.size);
    return program.endAfterFailure(modeOut, takenOut, givenOut).finish();
  }

  /** Of the application's socket: how long the piece is that is handed over next (parser of BPF_PROG_TYPE_SK_SKB). */
  parser(): Uint8Array {
    const { sequence, isStarted, piece } = record;
    const program = this.#begin().load(8, 1, context, buffer.socket).jumpIf(1, "==", 0, "whole");
    program.call(helpers.toTcpSocket).jumpIf(0, "==", 0, "whole").move(saved, 0);
    program.findRecord(buffer.socket, "slots", "whole").load(4, 1, known, isStarted);
    program.jumpIf(1, "!=", 0, "started").field(4, 1, saved, "tcp_sock", "copied_seq");
    program.store(4, known, sequence, 1).storeNumber(4, known, isStarted, 1).label("started");
    // Of a buffer that repeats bytes which were there before only the new ones count: what was not handed over yet.
    program.field(4, 0, saved, "tcp_sock", "rcv_nxt").load(4, 1, known, sequence).subtract32(0, 1);
    program.load(4, 2, context, buffer.length).jumpIfRegister(0, "<=", 2, "short").move(0, 2);
    program.label("short").jumpIf(0, "<=", pieceBytesMax, "fits").set(0, pieceBytesMax);
    program.label("fits").store(4, known, piece, 0).exit();
    return program.label("whole").load(4, 0, context, buffer.length).exit().finish();
  }

  /**
   * Of the application's socket, for a piece that arrived: hands it to the engine (verdict of BPF_PROG_TYPE_SK_SKB). It never lets
   * one pass: a kernel that gives a socket pieces of its own from a parser counts them twice, and stops to tell of more.
   */
  arrived(): Uint8Array {
    const { sequence, piece, modeIn, takenIn } = record;
    const program = this.#begin().findRecord(buffer.socket, "slots", end).load(4, 1, known, sequence);
    program.load(4, 2, known, piece).addRegister(1, 2).store(4, known, sequence, 1);
    program.load(4, 1, known, modeIn).endIf(1, streamModes.broken);
    program.load(4, 1, known, piece).atomicAdd(known, takenIn, 1);
    program.redirect(helpers.redirectBuffer, "inner", ingress);
    return program.storeNumber(4, known, modeIn, streamModes.broken).finish();
  }

  /** Of the application's socket when nothing but the end is to come: lets it read that (verdict of BPF_PROG_TYPE_SK_SKB). */
  ended(): Uint8Array {
    return this.#begin().set(0, verdict.pass).exit().finish();
  }

  /** Of the inner socket of a pair whose outer one has ended: the application reads that end as its own (verdict of BPF_PROG_TYPE_SK_SKB). */
  endHandedOn(): Uint8Array {
    const program = this.#begin().findRecord(buffer.socket, "pairSlots", end);
    return program.redirect(helpers.redirectBuffer, "applications", ingress).finish();
  }

  /** Of a socket of the pair: what the engine writes goes to the network, or into what the application reads. */
  written(into: "network" | "application"): Uint8Array {
    const program = this.#begin().findRecord(message.socket, "pairSlots", end);
    return program
      .redirect(helpers.redirectMessage, "applications", into === "application" ? ingress : 0)
      .finish();
  }

  /**
   * When a call to send is over (tracepoint sock_send_length: socket, result): what the pair had no room for was not taken,
   * and is the application's still. It waits for its own socket, which has room: the engine has to wake it.
   */
  sendingOver(): Uint8Array {
    const program = this.#begin().call(helpers.process).store(8, frame, keyAt, 0);
    program.setMap(1, this.#maps.senders).move(2, frame).add(2, keyAt).call(helpers.lookUp).endIf(0, 0);
    program.load(8, saved, 0, sending.bytes).load(4, known, 0, sending.isTaken);
    program.load(4, 1, 0, sending.slot).store(4, frame, slotAt, 1).load(4, 1, context, 8);
    program.move(2, 1).and(2, signBit).jumpIf(2, "!=", 0, "failed");
    program.negate(1).addRegister(saved, 1).label("failed");
    program.setMap(1, this.#maps.senders).move(2, frame).add(2, keyAt).call(helpers.delete);
    program.endIf(known, 0).endIf(saved, 0).negate(saved);
    program.setMap(1, this.#maps.records).move(2, frame).add(2, slotAt).call(helpers.lookUp).endIf(0, 0);
    return program.atomicAdd(0, record.takenOut, saved).tell(streamEvents.waiting).finish();
  }

  /**
   * Before a system call (tracepoint sys_enter: registers, number). A shutdown waits until the engine has passed on what it has
   * of the stream: what came behind the end would be refused. Of a close the engine is told, when it is the last.
   */
  systemCall(): Uint8Array {
    const {
      shutdown,
      close,
      arguments: [first, second],
    } = systemCalls();
    const program = this.#begin()
      .load(8, 1, context, 8)
      .jumpIf(1, "==", close, "close")
      .endUnless(1, shutdown);
    program.load(8, 1, context, 0).load(8, 2, 1, second).endIf(2, SHUT_RD).jump("find");
    program.label("close").load(8, 1, context, 0).label("find").load(4, saved, 1, first);
    program.call(helpers.currentTask).field(8, 1, 0, "task_struct", "files").endIf(1, 0);
    program.field(8, 1, 1, "files_struct", "fdt").endIf(1, 0).field(4, 2, 1, "fdtable", "max_fds");
    program.jumpIfRegister(saved, ">=", 2, end).field(8, 3, 1, "fdtable", "fd");
    program.multiply(saved, 8).addRegister(3, saved).follow(0).endIf(3, 0).move(saved, 3);
    program.follow(program.offset("file", "f_inode")).follow(program.offset("inode", "i_mode"));
    program
      .and(3, S_IFMT)
      .endUnless(3, S_IFSOCK)
      .move(3, saved)
      .follow(program.offset("file", "private_data"));
    program.follow(program.offset("socket", "sk")).follow(program.offset("sock_common", "skc_cookie"));
    program.lookUpRecord("slots", end).load(8, 1, context, 8).jumpIf(1, "==", close, "closing");
    this.#awaitDrained(program, streamEnds.shutDown, "shut down");
    program.label("shut down").jump(end).label("closing").load(4, 1, known, record.isHeld);
    // Whoever is not held by the engine yet is kept from closing before its bytes are through.
    program.jumpIf(1, "!=", 0, "is held");
    this.#awaitDrained(program, 0, "is held");
    program.label("is held").move(3, saved).follow(program.offset("file", "f_ref"));
    // References beyond the first: the descriptor that is being closed is one, and the engine's another.
    program.load(4, 2, known, record.isHeld).jumpIfRegister(3, ">", 2, end);
    program.load(4, 1, known, record.ends).or(1, streamEnds.closed).store(4, known, record.ends, 1);
    return program.tell(streamEvents.closing).finish();
  }

  /**
   * A connection is established: takes it when its ports are looked for, before its first byte (BPF_PROG_TYPE_SOCK_OPS), but
   * none of the pairs, which are made over a port of the loopback interface.
   */
  established({ namespace, pairsPort }: { namespace: bigint; pairsPort: number }): Uint8Array {
    const { ports, free, slots } = this.#maps;
    const program = this.#begin().load(4, 1, context, operation.kind);
    program.jumpIf(1, "==", established.active, "new").jumpIf(1, "!=", established.passive, "over");
    program.label("new").move(1, context).call(helpers.namespaceCookie);
    program.setLong(1, namespace).jumpIfRegister(0, "!=", 1, "over");
    for (const [port, address, is] of [
      [operation.localPort, operation.localAddress4, pairsPort],
      [operation.remotePort, operation.remoteAddress4, operationPort(pairsPort)],
    ] as const) {
      const other = `other than ${port}`;
      program
        .load(4, 1, context, port)
        .setLong(2, BigInt(is >>> 0))
        .jumpIfRegister(1, "!=", 2, other);
      program.load(4, 1, context, address).jumpIf(1, "==", loopback, "over").label(other);
    }
    for (const given of ["both", "local", "remote", "neither"]) {
      program.clear(frame, keyAt);
      if (given === "both" || given === "local") {
        program.load(4, 1, context, operation.localPort).store(4, frame, keyAt, 1);
      }
      if (given === "both" || given === "remote") {
        program.load(4, 1, context, operation.remotePort).store(4, frame, keyAt + 4, 1);
      }
      program.setMap(1, ports).move(2, frame).add(2, keyAt).call(helpers.lookUp).jumpIf(0, "!=", 0, "wanted");
    }
    program.jump("over").label("wanted").load(4, wanted, 0, 0).clear(frame, slotAt);
    program.setMap(1, free).move(2, frame).add(2, slotAt).call(helpers.pop).jumpIf(0, "!=", 0, "over");
    program.move(1, context).call(helpers.cookie).store(8, frame, keyAt, 0).move(saved, 0);
    program.setMap(1, slots).move(2, frame).add(2, keyAt).move(3, frame).add(3, slotAt).set(4, 0);
    program.call(helpers.update).lookUpRecord("slots", "over").store(8, known, record.cookie, saved);
    program.storeNumber(4, known, record.modeOut, streamModes.take);
    this.#noteEnds(program);
    this.#enter(program, "applications");
    program
      .jumpIf(wanted, "==", streamsWanted.out, "entered")
      .storeNumber(4, known, record.modeIn, streamModes.take);
    this.#enter(program, "arrivals");
    program.label("entered");
    return program.tell(streamEvents.opened).label("over").set(0, 1).exit().finish();
  }

  /** Adds what is being sent to what the thread's call has shown before. */
  #noteSending(program: StreamProgram): void {
    const { senders } = this.#maps;
    program.call(helpers.process).store(8, frame, keyAt, 0);
    program
      .setMap(1, senders)
      .move(2, frame)
      .add(2, keyAt)
      .call(helpers.lookUp)
      .load(4, 1, context, message.size);
    program.jumpIf(0, "==", 0, "first").load(8, 2, 0, sending.bytes).addRegister(2, 1);
    program.store(8, 0, sending.bytes, 2).jump("noted").label("first").store(8, frame, sendingAt, 1);
    program.storeNumber(4, frame, sendingAt + sending.isTaken, 1).load(4, 1, frame, slotAt);
    program
      .store(4, frame, sendingAt + sending.slot, 1)
      .setMap(1, senders)
      .move(2, frame)
      .add(2, keyAt);
    program.move(3, frame).add(3, sendingAt).set(4, 0).call(helpers.update).label("noted");
  }

  #enter(program: StreamProgram, map: "applications" | "arrivals"): void {
    program.move(1, context).setMap(2, this.#maps[map]).move(3, frame).add(3, slotAt).set(4, 0);
    program.call(helpers.updateSockmap);
  }

  /** Puts down between whom the connection is, and with which number what arrives begins. */
  #noteEnds(program: StreamProgram): void {
    const copy = (from: number, to: number): void => {
      program.load(4, 1, context, from).store(4, known, to, 1);
    };
    copy(operation.family, record.family);
    copy(operation.localPort, record.localPort);
    copy(operation.remotePort, record.remotePort);
    copy(operation.nextArriving, record.sequence);
    program.storeNumber(4, known, record.isStarted, 1);
    program.load(4, 1, context, operation.family).jumpIf(1, "==", AF_INET6, "version 6");
    copy(operation.localAddress4, record.localAddress);
    copy(operation.remoteAddress4, record.remoteAddress);
    program.jump("noted").label("version 6");
    for (let at = 0; at < 16; at += 4) {
      copy(operation.localAddress6 + at, record.localAddress + at);
      copy(operation.remoteAddress6 + at, record.remoteAddress + at);
    }
    program.label("noted");
  }

  /** Goes on to the label when nothing of what was sent is in the engine, or it takes too long. */
  #awaitDrained(program: StreamProgram, marked: number, label: string): void {
    const { modeOut, takenOut, givenOut, ends } = record;
    const isDrained = (): void => {
      program.load(8, 1, known, takenOut).load(8, 2, known, givenOut).jumpIfRegister(1, "==", 2, label);
    };
    program.load(4, 1, known, modeOut).jumpIf(1, "==", streamModes.pass, label).load(4, 1, known, ends);
    program.or(1, marked).store(4, known, ends, 1);
    isDrained();
    program.tell(streamEvents.closing).await(drainWaitMs, isDrained);
  }

  #begin(): StreamProgram {
    return new StreamProgram(this.#types, this.#maps);
  }
}

/** Numbers (asm/unistd.h), and where struct pt_regs has the arguments. */
function systemCalls(): { shutdown: number; close: number; arguments: [number, number] } {
  if (process.arch === "x64") return { shutdown: 48, close: 3, arguments: [112, 104] };
  if (process.arch === "arm64") return { shutdown: 210, close: 57, arguments: [0, 8] };
  return fail("linux.unsupported", { what: "tap TCP connections", is: `machine ${process.arch}` });
}
