import koffi from "koffi";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadBpf } from "../../../../daemon/linux/bpf-load.ts";
import { BpfMap } from "../../../../daemon/linux/bpf-map.ts";
import { KernelTypes } from "../../../../daemon/linux/btf.ts";
import { onesComplementSum } from "../../../../daemon/linux/checksum.ts";
import { libc } from "../../../../daemon/linux/libc.ts";
import { closeDescriptor, SystemCallError } from "../../../../daemon/linux/mod.ts";
import { networkNamespaceCookie } from "../../../../daemon/linux/namespace.ts";
import { RingBuffer } from "../../../../daemon/linux/ring-buffer.ts";
import { loopback6, type SplitMaps, standIn6 } from "../../../../daemon/linux/split/split-program.ts";
import { SplitPrograms, type SplitWays } from "../../../../daemon/linux/split/split-programs.ts";
import {
  flowKey,
  flowKeyBytes,
  splitModes,
  splitRecord,
  splitRecordBytes,
} from "../../../../daemon/linux/split/split-record.ts";
import { isRootOfMachine } from "../../../root-of-machine.ts";

const systemCall = libc.func("long syscall(long, long, void *, unsigned int)");
const bpfNumbers: Record<string, number> = { x64: 321, arm64: 280 };
const BPF_PROG_TEST_RUN = 10;
/** What programs answer: TCX_NEXT, TCX_DROP, TC_ACT_REDIRECT. */
const [next, drop, redirected] = [0xffff_ffff, 2, 7];
const [FIN, SYN, RST, ACK] = [1, 2, 4, 16];
const loopback = 1;
const [near, far, holdOut, holdIn] = [11, 12, 13, 14].map((last) => [2, 0, 0, 0, 0, last]) as number[][];
const ways = {
  near: { index: 1, to: near },
  far: { index: 1, to: far },
  hold: { index: 1, out: holdOut, in: holdIn },
  loopback,
} as SplitWays;
const ends = {
  4: { local: Buffer.from([10, 0, 0, 1]), remote: Buffer.from([10, 0, 0, 2]) },
  6: { local: Buffer.from(loopback6), remote: Buffer.from(loopback6) },
} as const;
const [localPort, remotePort] = [4_000, 80];
const word = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);

const opened: { close(): void }[] = [];
let maps: SplitMaps & { records: BpfMap; flows: BpfMap };

function makeMaps(): typeof maps {
  const map = (options: ConstructorParameters<typeof BpfMap>[0]): BpfMap => {
    const made = new BpfMap(options);
    opened.push(made);
    return made;
  };
  const events = new RingBuffer(4_096);
  opened.push(events);
  const small = { keyBytes: 8, valueBytes: 4, entriesMax: 4 };
  const interfaces = map({ type: "hash", keyBytes: 4, valueBytes: 8, entriesMax: 4 });
  interfaces.set(word(loopback), Buffer.alloc(8));
  return {
    flows: map({ type: "hash", keyBytes: flowKeyBytes, valueBytes: 4, entriesMax: 4 }),
    records: map({ type: "array", keyBytes: 4, valueBytes: splitRecordBytes, entriesMax: 2 }),
    cookies: map({ type: "hash", ...small }),
    free: map({ type: "queue", keyBytes: 0, valueBytes: 4, entriesMax: 4 }),
    ports: map({ type: "hash", ...small }),
    interfaces,
    events: events.map,
  };
}

type Known = Partial<Record<"mode" | "shiftOut" | "shiftIn" | "isOver" | "packets" | "settled", number>>;

/** Makes this known of the connection. */
function know(known: Known, version: 4 | 6 = 4): void {
  const key = Buffer.alloc(flowKeyBytes);
  ends[version].local.copy(key, flowKey.local);
  ends[version].remote.copy(key, flowKey.remote);
  key.writeUInt16BE(localPort, flowKey.localPort);
  key.writeUInt16BE(remotePort, flowKey.remotePort);
  key.writeUInt32LE(version, flowKey.family);
  const bytes = Buffer.alloc(splitRecordBytes);
  for (const [name, value] of Object.entries(known) as [keyof Known, number][]) {
    bytes.writeInt32LE(value, splitRecord[name]);
  }
  bytes.writeUInt32LE(loopback, splitRecord.leavesBy);
  bytes.writeUInt32LE(loopback, splitRecord.comesBy);
  maps.records.set(word(0), bytes);
  maps.flows.set(key, word(0));
}

const known = (name: keyof Known): number =>
  Buffer.from(maps.records.get(word(0)) as Uint8Array).readInt32LE(splitRecord[name]);

interface Segment {
  direction?: "out" | "in";
  flags?: number;
  sequence?: number;
  acknowledgment?: number;
  /** Edges of what it has beyond a gap. */
  sack?: readonly number[];
  bytes?: number;
  version?: 4 | 6;
}

/** A frame with the connection's TCP segment, whose checksum is right. */
function frameOf({
  direction = "out",
  flags = ACK,
  sequence = 1_000,
  acknowledgment = 2_000,
  ...more
}: Segment) {
  const { sack = [], bytes = 0, version = 4 } = more;
  const options = sack.length > 0 ? Buffer.alloc(4 + 4 * sack.length, 1) : Buffer.alloc(0);
  if (sack.length > 0) options.set([5, 2 + 4 * sack.length], 2);
  for (const [index, edge] of sack.entries()) options.writeUInt32BE(edge, 4 + 4 * index);
  const tcp = Buffer.concat([Buffer.alloc(20), options, Buffer.alloc(bytes, 7)]);
  const isOut = direction === "out";
  tcp.writeUInt16BE(isOut ? localPort : remotePort, 0);
  tcp.writeUInt16BE(isOut ? remotePort : localPort, 2);
  tcp.writeUInt32BE(sequence, 4);
  tcp.writeUInt32BE(acknowledgment, 8);
  tcp[12] = (20 + options.length) << 2;
  tcp[13] = flags;
  const { local, remote } = ends[version];
  const addresses = isOut ? [local, remote] : [remote, local];
  const header = Buffer.alloc(version === 4 ? 12 : 8);
  header[0] = version === 4 ? 0x45 : 0x60;
  header.writeUInt16BE(version === 4 ? 20 + tcp.length : tcp.length, version === 4 ? 2 : 4);
  header[version === 4 ? 9 : 6] = 6;
  const ethernet = Buffer.alloc(14);
  ethernet.writeUInt16BE(version === 4 ? 0x0800 : 0x86dd, 12);
  const frame = Buffer.concat([ethernet, header, ...addresses, tcp]);
  frame.writeUInt16BE(~sumOf(frame) & 0xffff, frame.length - tcp.length + 16);
  return frame;
}

const tcpAt = (frame: Buffer): number => (frame.readUInt16BE(12) === 0x0800 ? 34 : 54);

/** What the segment and the addresses add up to: 0xffff when its checksum is right. */
function sumOf(frame: Buffer): number {
  const at = tcpAt(frame);
  return onesComplementSum(frame, at === 34 ? 26 : 22, frame.length, 6 + frame.length - at);
}

/** Runs a program on a frame: what it answers, and the frame as it is then. */
function run(instructions: Uint8Array, frame: Buffer): { result: number; frame: Buffer } {
  const program = loadBpf({ type: "interface", instructions });
  const after = Buffer.alloc(frame.length + 64);
  const attributes = Buffer.alloc(144);
  attributes.writeUInt32LE(program, 0);
  attributes.writeUInt32LE(frame.length, 8);
  attributes.writeUInt32LE(after.length, 12);
  attributes.writeBigUInt64LE(koffi.address(frame), 16);
  attributes.writeBigUInt64LE(koffi.address(after), 24);
  const number = bpfNumbers[process.arch] as number;
  const done = Number(systemCall(number, BPF_PROG_TEST_RUN, attributes, attributes.length));
  closeDescriptor(program);
  assert.is(done, 0);
  return { result: attributes.readUInt32LE(4), frame: after.subarray(0, attributes.readUInt32LE(12)) };
}

const programs = (): SplitPrograms => new SplitPrograms(KernelTypes.ofThisKernel(), maps, ways);
const pass = (segment: Segment) => run(programs().passing(segment.direction ?? "out"), frameOf(segment));
const macOf = (frame: Buffer): number[] => [...frame.subarray(0, 6)];

if (isRootOfMachine()) {
  test.before(() => {
    maps = makeMaps();
  });
  test.after(() => {
    for (const each of opened) each.close();
  });

  test("the verifier takes each of them", () => {
    const { passing, givenBack, fromHalf } = SplitPrograms.prototype;
    const all = [
      ...(["out", "in"] as const).flatMap((way) => [
        passing.call(programs(), way),
        fromHalf.call(programs(), way),
      ]),
      givenBack.call(programs()),
    ];
    for (const instructions of all) closeDescriptor(loadBpf({ type: "interface", instructions }));
    const established = programs().established(networkNamespaceCookie());
    closeDescriptor(loadBpf({ type: "socketOps", attachment: "socketOps", instructions: established }));
  });

  test("packets of connections that nobody knows, or wants, go their way as they are", () => {
    know({ mode: splitModes.none });
    for (const direction of ["out", "in"] as const) {
      const before = frameOf({ direction, bytes: 10 });
      const { result, frame } = run(programs().passing(direction), before);
      assert.is(result, next);
      assert.equal(frame, before);
    }
    // The same ends the other way round are another connection.
    know({ mode: splitModes.split });
    assert.is(run(programs().passing("in"), frameOf({ direction: "out" })).result, next);
  });

  test("packets of a split connection go to its halves, and those with bytes or an end are counted", () => {
    know({ mode: splitModes.split });
    const out = pass({ direction: "out", bytes: 10 });
    assert.is(out.result, redirected);
    assert.equal(macOf(out.frame), near);
    const arriving = pass({ direction: "in", flags: ACK | FIN });
    assert.equal(macOf(arriving.frame), far);
    assert.is(known("packets"), 2);
    pass({ direction: "in" });
    assert.is(known("packets"), 2);
  });

  test("packets of a connection that is held go to the engine, but for what only acknowledges", () => {
    know({ mode: splitModes.hold });
    assert.equal(macOf(pass({ direction: "out", bytes: 10 }).frame), holdOut);
    assert.equal(macOf(pass({ direction: "in" }).frame), holdIn);
    assert.is(pass({ direction: "out" }).result, next);
  });

  test("the numbers of a shifted connection are those that the receiver expects, and the checksum is right", () => {
    const [shiftOut, shiftIn] = [0x10_0003, -77];
    know({ mode: splitModes.shift, shiftOut, shiftIn });
    const sack = [5_000, 6_000, 7_000, 8_001, 0xffff_ffff, 3];
    const shifted = (value: number, by: number): number => (value + by) >>> 0;
    for (const direction of ["out", "in"] as const) {
      for (const bytes of [0, 11]) {
        const sequence = 0xffff_fff0;
        const { result, frame } = pass({ direction, sequence, sack, bytes });
        const [byOwn, byOthers] = direction === "out" ? [shiftOut, -shiftIn] : [shiftIn, -shiftOut];
        assert.is(result, next);
        assert.is(frame.readUInt32BE(tcpAt(frame) + 4), shifted(sequence, byOwn));
        assert.is(frame.readUInt32BE(tcpAt(frame) + 8), shifted(2_000, byOthers));
        for (const [index, edge] of sack.entries()) {
          assert.is(
            frame.readUInt32BE(tcpAt(frame) + 24 + 4 * index),
            shifted(edge, byOthers),
            `edge ${index}`,
          );
        }
        assert.is(sumOf(frame), 0xffff);
      }
    }
  });

  test("a packet between ::1 and itself goes to a half under an address that adds up to the same, and back", () => {
    know({ mode: splitModes.split }, 6);
    const { frame } = pass({ direction: "out", bytes: 10, version: 6 });
    assert.equal(frame.subarray(22, 54), Buffer.concat([standIn6, standIn6]));
    assert.is(sumOf(frame), 0xffff);
    const back = run(programs().fromHalf("out"), frame);
    assert.is(back.result, redirected);
    assert.equal(back.frame.subarray(22, 54), Buffer.concat([loopback6, loopback6]));
  });

  test("a handshake between the ends of a connection that is over is none of it", () => {
    know({ mode: splitModes.split });
    assert.is(pass({ direction: "out", flags: SYN }).result, redirected);
    know({ mode: splitModes.split, isOver: 1 });
    assert.is(pass({ direction: "in", bytes: 1 }).result, redirected);
    assert.is(pass({ direction: "out", flags: SYN }).result, next);
    assert.is(known("mode"), splitModes.none);
    assert.is(pass({ direction: "in", flags: SYN | ACK }).result, next);
  });

  test("a reset of a half that had nothing is kept, and the connection shifted; of others it goes on", () => {
    for (const direction of ["out", "in"] as const) {
      const reset = (): number =>
        run(programs().fromHalf(direction), frameOf({ direction, flags: RST | ACK })).result;
      know({ mode: splitModes.split, packets: 5, settled: 5 });
      assert.is(reset(), drop);
      assert.is(known("mode"), splitModes.shift);
      assert.is(reset(), drop);
      know({ mode: splitModes.split, packets: 6, settled: 5 });
      assert.is(reset(), redirected);
      assert.is(known("mode"), splitModes.split);
      assert.is(known("isOver"), 1);
    }
  });
} else {
  test("who is not root of the machine is refused", () => {
    assert.throws(
      () => makeMaps(),
      (error: unknown) => error instanceof SystemCallError,
    );
  });
}

test.run();
