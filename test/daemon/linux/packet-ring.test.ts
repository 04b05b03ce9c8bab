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
import { RingSender } from "../../../daemon/linux/ring-sender.ts";
import { XdpSender } from "../../../daemon/linux/xdp-sender.ts";
import { ProblemError } from "../../../schemas/mod.ts";
import { until } from "../sleep/until.ts";

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
const open = (options: { sendFromRing?: boolean } = {}) =>
  PacketRing.open({ interfaceIndex: near.index, interfaceName: "near", ...options });

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
  const at = 1 << 20;
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

const framesOfFar = () => Number(run("ip -n far -s link show dev far").match(/RX:.*\n\s*\d+\s+(\d+)/)![1]);

for (const [way, sendFromRing] of [
  ["an AF_XDP socket", false],
  ["its own slots", true],
] as const) {
  test(`what is committed leaves on flush through ${way}, and own frames do not come back`, () => {
    const ring = open({ sendFromRing });
    assert.is(ring.sender instanceof XdpSender, !sendFromRing);
    run("ip netns exec far bash -c 'echo -n echo > /dev/udp/10.9.0.1/7001'");
    const frame = receive(ring, isUdpTo(7001));
    const before = framesOfFar();
    for (let i = 0; i < 3_000; i += 1) assert.ok(ring.send(frame));
    ring.flush();
    assert.ok(framesOfFar() - before >= 3_000, `${framesOfFar()} - ${before}`);
    while (ring.next()) {
      assert.not(isUdpTo(7001)(ring.bytes.subarray(ring.start, ring.start + ring.length)));
      ring.release();
    }
    assert.is(ring.statistics().sent, 3_000);
    assert.is(ring.statistics().unsent, 0);
    ring.close();
  });

  test(`a frame too long for ${way} is refused and counted, and none blocks those behind it`, () => {
    const ring = open({ sendFromRing });
    assert.not(ring.send(new Uint8Array(ring.sendBytesMax + 1)));
    assert.is(ring.statistics().unsent, 1);
    ring.send(new Uint8Array(ring.sendBytesMax));
    run("ip netns exec far bash -c 'echo -n again > /dev/udp/10.9.0.1/7002'");
    const frame = receive(ring, isUdpTo(7002));
    const before = framesOfFar();
    ring.send(frame);
    ring.flush();
    assert.ok(framesOfFar() > before);
    ring.close();
  });

  test(`frames wait in ${way} while the link is down, as many as there is room for`, async () => {
    const ring = open({ sendFromRing });
    run("ip link set near down");
    const frame = new Uint8Array(60);
    const given = Array.from({ length: 2_000 }, () => ring.send(frame)).filter(Boolean).length;
    assert.is(given, 1_024);
    assert.is(ring.statistics().unsent >= 2_000 - 1_024, true);
    run("ip link set near up");
    await until("room again", () => {
      ring.takeError();
      ring.flush();
      return ring.send(frame);
    });
    ring.close();
  });
}

test("a view of a frame is of that frame, also where the slot has had one before it", async () => {
  // The ring has 32 slots, which are used again and again.
  const ring = PacketRing.open({ interfaceIndex: near.index, interfaceName: "near", receiveBytes: 65_536 });
  for (const text of ["first", "second", "third!"].flatMap((one) => new Array<string>(40).fill(one))) {
    run(`ip netns exec far bash -c 'echo -n ${text} > /dev/udp/10.9.0.1/7006'`);
    await until("the frame", () => {
      while (ring.next()) {
        const isIt = isUdpTo(7006)(ring.bytes.subarray(ring.start, ring.start + ring.length));
        const seen = Buffer.from(ring.view(ring.start + 42, ring.start + ring.length)).toString();
        ring.release();
        if (isIt) assert.is(seen, text);
        if (isIt) return true;
      }
      return false;
    });
  }
  ring.close();
});

test("a second ring on a link sends from its slots, for the first has the interface's queue", () => {
  const [first, second] = [open(), open()];
  assert.ok(first.sender instanceof XdpSender);
  assert.ok(second.sender instanceof RingSender);
  second.close();
  first.close();
});

test("a frame that lies across the end of the ring's memory, and many at once, come in order", async () => {
  const ring = PacketRing.open({ interfaceIndex: near.index, interfaceName: "near", receiveBytes: 65_536 });
  const seen: number[] = [];
  // The ring holds 32 frames; they are read while more come.
  for (let round = 0; round < 20; round += 1) {
    const first = round * 5;
    run(
      `ip netns exec far bash -c 'for n in {0..4}; do echo -n $((${first} + n)) > /dev/udp/10.9.0.1/7005; done'`,
    );
    for (let left = 5; left > 0; left -= 1) {
      seen.push(Number(Buffer.from(receive(ring, isUdpTo(7005)).subarray(42)).toString()));
    }
  }
  assert.equal(
    seen,
    Array.from({ length: 100 }, (_, number) => number),
  );
  assert.is(ring.statistics().dropped, 0);
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
