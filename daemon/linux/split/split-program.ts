import { BpfProgram, frame } from "../bpf-program.ts";
import { flowKey, flowKeyBytes, splitRecord as record } from "./split-record.ts";

interface Map {
  fd: number;
}

export interface SplitMaps {
  /** Key of a connection -> its slot (u32). */
  flows: Map;
  /** Slot -> record (`splitRecord`). */
  records: Map;
  /** Cookie of an application's socket -> its slot. */
  cookies: Map;
  /** Slots which are free. */
  free: Map;
  /** Ports that are looked for: local (u32), remote (u32, as struct bpf_sock_ops has it); 0 for any. */
  ports: Map;
  /** Index of an interface (u32) -> its hardware address, in 8 bytes. */
  interfaces: Map;
  /** What is told: u32 kind, u32 slot. */
  events: Map;
}

/** BPF helpers (linux/bpf.h). */
export const helpers = {
  lookUp: 1,
  update: 2,
  delete: 3,
  storeBytes: 9,
  replaceChecksum: 11,
  redirect: 23,
  loadBytes: 26,
  cookie: 46,
  releaseSocket: 86,
  pop: 88,
  lookUpSocket: 99,
  readKernel: 113,
  namespaceCookie: 122,
  output: 130,
  toTcpRequest: 139,
  redirectToNeighbour: 152,
} as const;

/** Of a program on an interface (linux/bpf.h): TCX_NEXT, TCX_DROP. */
export const results = { next: -1, drop: 2 } as const;
/** struct __sk_buff (linux/bpf.h). */
export const packet = { length: 0, mark: 8, protocol: 16, vlan: 20, interface: 40 } as const;
/** Registers that outlive calls: the program's argument, where the TCP header begins, the record, and one for whatever is needed. */
export const [context, tcpAt, known, saved] = [6, 7, 8, 9] as const;
/** On the stack: key, header (of 20 bytes and more), slot, and a word. */
export const keyAt = -flowKeyBytes;
export const headerAt = keyAt - 40;
export const slotAt = headerAt - 8;
export const wordAt = slotAt - 8;
export const tupleAt = wordAt - 40;
/** Ports, numbers and flags as they lie in a TCP header. */
export const tcp = { ports: 0, sequence: 4, acknowledgment: 8, offset: 12, flags: 13, checksum: 16 } as const;
export const tcpHeaderBytes = 20;
const ethernetBytes = 14;
/** As they lie in memory, read as numbers. */
const protocols = { ipv4: 0x0008, ipv6: 0xdd86 } as const;
/** Where an IPv6 packet has its addresses. */
const addresses6At = ethernetBytes + 8;
/** ::1, and what stands for it: fd00::300. */
export const loopback6 = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
export const standIn6 = Uint8Array.of(0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0);
const [loopbackWords, standInWords] = [loopback6, standIn6].map((each) => [
  ...new Int32Array(each.buffer),
]) as [number[], number[]];
const [hopByHop, TCP] = [0, 6];
const fragmentBits = 0xff3f;

/** What programs on interfaces have in common. */
export class SplitProgram extends BpfProgram {
  protected readonly maps: SplitMaps;

  constructor(maps: SplitMaps) {
    super();
    this.maps = maps;
    this.move(context, 1);
  }

  /** Ends with a result. */
  give(result: number): this {
    return this.set(0, result).exit();
  }

  /** Reads bytes of the packet to the stack; leads elsewhere when it has not so many. */
  readPacket(offset: { register: number } | number, at: number, bytes: number, otherwise: string): this {
    if (typeof offset === "number") this.set(2, offset);
    else this.move(2, offset.register);
    this.move(1, context);
    this.move(3, frame).add(3, at).set(4, bytes).call(helpers.loadBytes);
    return this.jumpIf(0, "!=", 0, otherwise);
  }

  /** Overwrites bytes of the packet by what is on the stack. */
  writePacket(offset: { register: number } | number, at: number, bytes: number): this {
    if (typeof offset === "number") this.set(2, offset);
    else this.move(2, offset.register);
    this.move(1, context);
    return this.move(3, frame).add(3, at).set(4, bytes).set(5, 0).call(helpers.storeBytes);
  }

  /**
   * Finds the record of the connection that the packet belongs to, which the host sends ("out") or gets ("in"), and reads its
   * TCP header to `headerAt`; leads to the label when there is none.
   * @param unknown where a packet of TCP leads whose connection has no record
   */
  findFlow(direction: "out" | "in", otherwise: string, unknown = otherwise): this {
    const id = direction;
    this.load(4, 1, context, packet.vlan).jumpIf(1, "!=", 0, otherwise);
    for (let at = 0; at < flowKeyBytes; at += 8) this.clear(frame, keyAt + at);
    const [source, destination] =
      direction === "out" ? (["local", "remote"] as const) : (["remote", "local"] as const);
    this.load(4, 1, context, packet.protocol).jumpIf(1, "==", protocols.ipv4, `ipv4 ${id}`);
    this.jumpIf(1, "!=", protocols.ipv6, otherwise);
    this.readPacket(ethernetBytes + 4, headerAt, 36, otherwise).load(1, 1, frame, headerAt + 2);
    this.set(tcpAt, ethernetBytes + 40)
      .jumpIf(1, "==", TCP, `plain ${id}`)
      .jumpIf(1, "!=", hopByHop, otherwise);
    // Of more than 64 KiB the kernel sends in one piece under an option that says how long it is (RFC 2675).
    this.readPacket(ethernetBytes + 40, wordAt, 8, otherwise).load(2, 1, frame, wordAt);
    this.jumpIf(1, "!=", TCP, otherwise)
      .set(tcpAt, ethernetBytes + 48)
      .label(`plain ${id}`);
    for (let at = 0; at < 16; at += 4) {
      this.load(4, 1, frame, headerAt + 4 + at).store(4, frame, keyAt + flowKey[source] + at, 1);
      this.load(4, 1, frame, headerAt + 20 + at).store(4, frame, keyAt + flowKey[destination] + at, 1);
    }
    this.storeNumber(4, frame, keyAt + flowKey.family, 6);
    this.jump(`tcp ${id}`).label(`ipv4 ${id}`).readPacket(ethernetBytes, headerAt, 20, otherwise);
    this.load(1, 1, frame, headerAt + 9).jumpIf(1, "!=", TCP, otherwise);
    this.load(2, 1, frame, headerAt + 6)
      .and(1, fragmentBits)
      .jumpIf(1, "!=", 0, otherwise);
    this.load(4, 1, frame, headerAt + 12).store(4, frame, keyAt + flowKey[source], 1);
    this.load(4, 1, frame, headerAt + 16).store(4, frame, keyAt + flowKey[destination], 1);
    this.storeNumber(4, frame, keyAt + flowKey.family, 4).load(1, tcpAt, frame, headerAt);
    this.and(tcpAt, 0xf).multiply(tcpAt, 4).add(tcpAt, ethernetBytes).label(`tcp ${id}`);
    this.readPacket({ register: tcpAt }, headerAt, tcpHeaderBytes, otherwise);
    this.load(2, 1, frame, headerAt).store(2, frame, keyAt + flowKey[`${source}Port`], 1);
    this.load(2, 1, frame, headerAt + 2).store(2, frame, keyAt + flowKey[`${destination}Port`], 1);
    this.setMap(1, this.maps.flows).move(2, frame).add(2, keyAt).call(helpers.lookUp);
    this.jumpIf(0, "==", 0, unknown).load(4, 1, 0, 0).store(4, frame, slotAt, 1);
    this.setMap(1, this.maps.records).move(2, frame).add(2, slotAt).call(helpers.lookUp);
    return this.jumpIf(0, "==", 0, otherwise).move(known, 0);
  }

  /**
   * A packet between ::1 and itself goes to a half under another address: ::1 is refused on all interfaces but the loopback one. Its
   * bytes add up to the same, so that no checksum changes. Overwrites the header on the stack.
   */
  standInForLoopback(id: string): this {
    const over = `loopback ${id}`;
    this.load(4, 1, frame, keyAt + flowKey.family).jumpIf(1, "!=", 6, over);
    for (const [index, word] of loopbackWords.entries()) {
      this.load(4, 1, frame, keyAt + flowKey.local + 4 * index).jumpIf(1, "!=", word, over);
    }
    return this.#writeAddresses(standInWords).label(over);
  }

  /** Takes that back. */
  takeBackStandIn(): this {
    this.load(4, 1, context, packet.protocol).jumpIf(1, "!=", protocols.ipv6, "no stand-in");
    this.readPacket(addresses6At, headerAt, 32, "no stand-in");
    for (const [index, word] of standInWords.entries()) {
      this.load(4, 1, frame, headerAt + 4 * index).jumpIf(1, "!=", word, "no stand-in");
    }
    return this.#writeAddresses(loopbackWords).label("no stand-in");
  }

  /** Hands the packet to an interface; `to` is the hardware address it goes to. */
  handTo(index: number, to: readonly number[]): this {
    this.#address(to);
    return this.set(1, index).set(2, 0).call(helpers.redirect).exit();
  }

  /** Lets the packet come in by the interface that the connection's come by. Needs the label "drop". */
  letIn(mark: number): this {
    this.load(4, 1, known, record.comesBy).store(4, frame, wordAt, 1);
    this.setMap(1, this.maps.interfaces).move(2, frame).add(2, wordAt).call(helpers.lookUp);
    this.jumpIf(0, "==", 0, "drop").move(3, 0).move(1, context).set(2, 0).set(4, 6).set(5, 0);
    this.call(helpers.storeBytes).set(1, mark).store(4, context, packet.mark, 1);
    return this.load(4, 1, known, record.comesBy).set(2, ingress).call(helpers.redirect).exit();
  }

  /** Has the packet leave by the interface that the connection's leave by. */
  letOut(mark: number, loopback: number): this {
    this.load(4, saved, known, record.leavesBy).jumpIf(saved, "!=", loopback, "to the network");
    this.#address([0, 0, 0, 0, 0, 0]).set(1, 0).store(4, context, packet.mark, 1);
    this.set(1, loopback).set(2, ingress).call(helpers.redirect).exit();
    this.label("to the network").set(1, mark).store(4, context, packet.mark, 1).move(1, saved).set(2, 0);
    return this.set(3, 0).set(4, 0).call(helpers.redirectToNeighbour).exit();
  }

  /** Of an IPv6 packet, both. */
  #writeAddresses(words: readonly number[]): this {
    for (const [index, word] of [...words, ...words].entries()) {
      this.storeNumber(4, frame, headerAt + 4 * index, word);
    }
    return this.writePacket(addresses6At, headerAt, 32);
  }

  #address(to: readonly number[]): this {
    const bytes = Uint8Array.from([...to, 0, 0]);
    const [low, high] = new Int32Array(bytes.buffer);
    this.storeNumber(4, frame, wordAt, low as number).storeNumber(4, frame, wordAt + 4, high as number);
    return this.writePacket(0, wordAt, 6);
  }
}

const ingress = 1;
