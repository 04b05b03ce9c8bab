import { BpfProgram, frame } from "./bpf-program.ts";
import type { KernelTypes } from "./btf.ts";
import { streamModes } from "./stream-record.ts";

interface Map {
  fd: number;
}

export interface StreamMaps {
  /** Cookie of an application's socket -> its slot. */
  slots: Map;
  /** Cookie of either socket of the engine's pair -> its slot. */
  pairSlots: Map;
  /** Slot -> record (`streamRecord`). */
  records: Map;
  /** Slot -> the application's socket, for what it sends. */
  applications: Map;
  /** Slot -> the application's socket, for what arrives. */
  arrivals: Map;
  /** Slot -> the socket of the pair that takes what the application sends, and holds what arrives for it. */
  inner: Map;
  /** Slots which are free, with a pair. */
  free: Map;
  /** Ports that are looked for: local (u32), remote (u32, as struct bpf_sock_ops has it); 0 for any -> `streamsWanted`. */
  ports: Map;
  /** Thread (u64) -> what its call to send has come to so far (`sending`). */
  senders: Map;
  events: Map;
}

/** Of a connection what is sent, or what arrives as well. */
export const streamsWanted = { out: 1, both: 2 } as const;

/** u64: bytes the call has shown; u32: the last of them were taken, of this slot. */
export const sending = { bytes: 0, isTaken: 8, slot: 12 } as const;
export const sendingBytes = 16;

/** What is told through `events`: u32 kind, u32 slot, u32 process. */
export const streamEvents = { opened: 1, sending: 2, closing: 3, waiting: 4 } as const;
export const streamEventBytes = 12;

/** BPF helpers (linux/bpf.h). */
export const helpers = {
  lookUp: 1,
  update: 2,
  delete: 3,
  clock: 5,
  process: 14,
  cookie: 46,
  redirectBuffer: 52,
  updateSockmap: 53,
  redirectMessage: 60,
  pop: 88,
  readKernel: 113,
  namespaceCookie: 122,
  output: 130,
  toTcpSocket: 137,
  currentTask: 158,
} as const;

export const verdict = { drop: 0, pass: 1 } as const;
/** Registers that outlive calls: the program's argument, the record, and one for whatever is needed for longer. */
export const [context, known, saved] = [6, 8, 9] as const;
const deadline = 7;
/** Where nothing is waited for. */
export const wanted = 7;
/** On the stack, below the frame: a key of eight bytes, the slot (u32), and an event. */
export const [keyAt, slotAt] = [-8, -16] as const;
const eventAt = -32;

/** What programs of tapped streams have in common. */
export class StreamProgram extends BpfProgram {
  readonly #types: KernelTypes;
  readonly #maps: StreamMaps;
  #waits = 0;

  constructor(types: KernelTypes, maps: StreamMaps) {
    super();
    this.#types = types;
    this.#maps = maps;
    this.move(context, 1);
  }

  /** register = *(pointer + offset of the field): a pointer to a kernel structure that the verifier knows. */
  field(width: 1 | 2 | 4 | 8, register: number, pointer: number, structure: string, path: string): this {
    return this.load(width, register, pointer, this.offset(structure, path));
  }

  offset(structure: string, path: string): number {
    return this.#types.field(structure, path).offset;
  }

  /** Finds the record of the socket that the context has at this offset; leads on with it in `known`. */
  findRecord(socketAt: number, slots: "slots" | "pairSlots", otherwise: string): this {
    this.load(8, 1, context, socketAt).jumpIf(1, "==", 0, otherwise).call(helpers.toTcpSocket);
    this.jumpIf(0, "==", 0, otherwise).field(8, 1, 0, "sock_common", "skc_cookie").store(8, frame, keyAt, 1);
    return this.lookUpRecord(slots, otherwise);
  }

  /** As `findRecord`, by the cookie at `keyAt`. Puts the slot at `slotAt`. */
  lookUpRecord(slots: "slots" | "pairSlots", otherwise: string): this {
    this.setMap(1, this.#maps[slots]).move(2, frame).add(2, keyAt).call(helpers.lookUp);
    this.jumpIf(0, "==", 0, otherwise).load(4, 1, 0, 0).store(4, frame, slotAt, 1);
    this.setMap(1, this.#maps.records).move(2, frame).add(2, slotAt).call(helpers.lookUp);
    return this.jumpIf(0, "==", 0, otherwise).move(known, 0);
  }

  /** Decides by the direction's mode; falls through where bytes are to be taken. Needs the labels "pass" and "drop". */
  chooseMode(mode: number, taken: number, given: number): this {
    this.load(4, 1, known, mode).jumpIf(1, "==", streamModes.pass, "pass");
    this.jumpIf(1, "==", streamModes.broken, "drop").jumpIf(1, "!=", streamModes.drain, "take");
    this.load(8, 1, known, taken).load(8, 2, known, given).jumpIfRegister(1, "!=", 2, "take");
    return this.storeNumber(4, known, mode, streamModes.pass).jump("pass").label("take");
  }

  /** Hands the bytes over to the socket that the map has for the slot, and ends; falls through when it has none. */
  redirect(helper: number, map: "inner" | "applications", flags: number): this {
    this.move(1, context).setMap(2, this.#maps[map]).load(4, 3, frame, slotAt).set(4, flags).call(helper);
    return this.jumpIf(0, "==", verdict.drop, "failed").exit().label("failed");
  }

  /**
   * The engine is no more; register 1 has as many bytes as were just counted as taken. Where it owed nothing the stream goes on
   * without it; where it did, nothing goes on: a gap is worse than an end.
   */
  endAfterFailure(mode: number, taken: number, given: number): this {
    this.negate(1).atomicAdd(known, taken, 1);
    this.load(8, 1, known, taken).load(8, 2, known, given).jumpIfRegister(1, "==", 2, "owes nothing");
    this.storeNumber(4, known, mode, streamModes.broken).jump("drop");
    this.label("owes nothing").storeNumber(4, known, mode, streamModes.pass);
    this.label("pass").set(0, verdict.pass).exit();
    return this.label("drop").set(0, verdict.drop).exit();
  }

  /** Turns until `look` finds what it waits for and jumps away; falls through when that takes too long. */
  await(waitMs: number, look: () => void): this {
    this.call(helpers.clock)
      .move(deadline, 0)
      .add(deadline, waitMs * 1_000_000);
    this.#waits += 1;
    const [again, over] = [`again ${this.#waits}`, `over ${this.#waits}`];
    this.label(again).giveUp(over);
    look();
    this.call(helpers.clock).jumpIfRegister(0, "<", deadline, again);
    return this.label(over);
  }

  tell(kind: number): this {
    this.call(helpers.process)
      .shiftRight(0, 32)
      .store(4, frame, eventAt + 8, 0);
    this.storeNumber(4, frame, eventAt, kind)
      .load(4, 1, frame, slotAt)
      .store(4, frame, eventAt + 4, 1);
    this.setMap(1, this.#maps.events).move(2, frame).add(2, eventAt);
    return this.set(3, streamEventBytes).set(4, 0).call(helpers.output);
  }

  /** Reads eight bytes at register 3 + offset into register 3, by way of the key: kernel memory the verifier does not know. */
  follow(offset: number): this {
    this.add(3, offset).move(1, frame).add(1, keyAt).set(2, 8).call(helpers.readKernel);
    return this.load(8, 3, frame, keyAt);
  }
}
