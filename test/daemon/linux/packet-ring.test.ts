import { execFileSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  finishChecksum,
  listInterfaces,
  onesComplementSum,
  PacketRing,
  PollSet,
} from "../../../daemon/linux/mod.ts";
import { ProblemError } from "../../../schemas/mod.ts";

const deadlineMs = 60_000;
const run = (line: string): string => execFileSync("sh", ["-euc", line], { encoding: "utf8" });

run(`
  ip netns add far
  ip link add near type veth peer name far netns far
  ip addr add 10.9.0.1/24 dev near
  ip link set near up
  ip -n far addr add 10.9.0.2/24 dev far
  ip -n far link set far up
  ip -n far link set lo up`);
const near = listInterfaces().find((found) => found.name === "near")!;
const open = () => PacketRing.open({ interfaceIndex: near.index, interfaceName: "near" });

/** The first frame, copied, that `wanted` accepts. */
function receive(
  ring: PacketRing,
  wanted: (frame: Uint8Array) => boolean,
): Uint8Array & { pending?: boolean } {
  const polls = new PollSet([ring.fd]);
  for (const end = Date.now() + deadlineMs; Date.now() < end; polls.wait(100)) {
    while (ring.next()) {
      const frame = ring.bytes.slice(ring.start, ring.start + ring.length) as Uint8Array & {
        pending?: boolean;
      };
      frame.pending = ring.checksumPending;
      assert.is(ring.wireLength, ring.length);
      ring.release();
      if (wanted(frame)) return frame;
    }
  }
  throw new Error("no such frame arrived");
}

const isUdpTo = (port: number) => (frame: Uint8Array) =>
  frame[12] === 8 && frame[13] === 0 && frame[23] === 17 && ((frame[36]! << 8) | frame[37]!) === port;

test("a frame from the other end is read in place, and its pending checksum can be finished", () => {
  const ring = open();
  run("ip netns exec far bash -c 'echo -n hello > /dev/udp/10.9.0.1/7000'");
  const frame = receive(ring, isUdpTo(7000));
  assert.is(Buffer.from(frame.subarray(42)).toString(), "hello");
  assert.is(frame.pending, true, "a veth leaves checksums to the hardware");
  finishChecksum(frame, 34, frame.length, 6);
  const pseudoHeader = onesComplementSum(frame, 26, 34, 17 + (frame.length - 34));
  assert.is(onesComplementSum(frame, 34, frame.length, pseudoHeader), 0xffff);
  assert.is(ring.statistics().dropped, 0);
  ring.close();
});

test("a checksum finished in the ring is the one finished by bytes, whatever the length", () => {
  const ring = open();
  const at = ring.reserve();
  assert.is(at % 4, 0);
  for (let length = 8; length < 64; length += 1) {
    for (const start of [at, at + 2]) {
      for (let place = 0; place < length; place += 1)
        ring.bytes[start + place] = (place * 37 + length) & 0xff;
      const expected = ring.bytes.slice(start, start + length);
      finishChecksum(expected, 0, length, 6);
      ring.finishChecksum(start, start + length, 6);
      assert.equal(ring.bytes.slice(start, start + length), expected);
    }
  }
  ring.close();
});

test("a filter keeps frames in the kernel, until it is taken off", () => {
  const ring = open();
  const send = (port: number) => run(`ip netns exec far bash -c 'echo -n x > /dev/udp/10.9.0.1/${port}'`);
  // Load the half word at 36, the destination port; accept when it is 7004.
  const acceptPort7004 = [
    [0x28, 0, 0, 0, 36, 0, 0, 0],
    [0x15, 0, 0, 1, 7004 & 255, 7004 >> 8, 0, 0],
    [0x06, 0, 0, 0, 255, 255, 255, 255],
    [0x06, 0, 0, 0, 0, 0, 0, 0],
  ];
  ring.setFilter(Uint8Array.from(acceptPort7004.flat()));
  for (const port of [7003, 7004]) send(port);
  const first = receive(ring, (frame) => frame[12] === 8 && frame[13] === 0);
  assert.ok(isUdpTo(7004)(first));
  ring.setFilter(undefined);
  send(7003);
  receive(ring, isUdpTo(7003));
  assert.throws(() => ring.setFilter(Uint8Array.of(0xff, 0xff, 0, 0, 0, 0, 0, 0)), /EINVAL/);
  ring.close();
});

test("what is committed leaves on flush, and own frames do not come back", () => {
  const ring = open();
  run("ip netns exec far bash -c 'echo -n echo > /dev/udp/10.9.0.1/7001'");
  const frame = receive(ring, isUdpTo(7001));
  const far = run("ip -n far -s link show dev far").match(/RX:.*\n\s*\d+\s+(\d+)/)![1];
  for (let i = 0; i < 2_000; i += 1) assert.ok(ring.send(frame));
  ring.flush();
  const after = run("ip -n far -s link show dev far").match(/RX:.*\n\s*\d+\s+(\d+)/)![1];
  assert.ok(Number(after) - Number(far) >= 2_000, `${after} - ${far}`);
  while (ring.next()) {
    assert.not(isUdpTo(7001)(ring.bytes.subarray(ring.start, ring.start + ring.length)));
    ring.release();
  }
  assert.is(ring.statistics().sent, 2_000);
  ring.close();
});

test("a frame too long for the ring is refused and counted, one too long for the link does not block it", () => {
  const ring = open();
  assert.not(ring.send(new Uint8Array(ring.sendBytesMax + 1)));
  assert.is(ring.statistics().unsent, 1);
  ring.send(new Uint8Array(1_900));
  run("ip netns exec far bash -c 'echo -n again > /dev/udp/10.9.0.1/7002'");
  ring.send(receive(ring, isUdpTo(7002)));
  ring.flush();
  ring.close();
});

test("rings open and close many times, and a closed one reads as empty", () => {
  for (let i = 0; i < 10; i += 1) {
    const ring = open();
    ring.close();
    ring.close();
    assert.is(ring.bytes.length, 0);
    assert.not(ring.next());
  }
});

test("an interface that is not there is a problem, not a crash", () => {
  try {
    PacketRing.open({ interfaceIndex: 9_999, interfaceName: "none" });
    assert.unreachable();
  } catch (error) {
    assert.ok(error instanceof ProblemError);
    assert.is(error.problem.code, "linux.absent");
    assert.match(error.problem.message, /Cannot open a packet ring on "none": ioctl\(SIOCGIFMTU\): ENODEV/);
  }
});

test.run();
