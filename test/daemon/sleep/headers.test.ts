import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Headers } from "../../../daemon/sleep/headers.ts";
import { clientMac, ethernet, ipv4, ipv6, tcp, udp } from "./frames.ts";

const headers = new Headers();
const read = (frame: Uint8Array) => headers.read(frame, 0, frame.length);
const host6 = [0xfd, ...new Array<number>(14).fill(0), 5];

test("an IPv4 UDP frame is read up to its ports, wherever it lies", () => {
  const frame = ethernet(0x0800, ipv4(udp(5100)));
  const bytes = new Uint8Array(100 + frame.length);
  bytes.set(frame, 66);
  assert.is(headers.read(bytes, 66, frame.length), undefined);
  assert.is(headers.networkAt, 66 + 14);
  assert.is(headers.transportAt, 66 + 34);
  assert.is(headers.end, 66 + frame.length);
  assert.equal([headers.family, headers.protocol, headers.destinationPort], [4, 17, 5100]);
  assert.equal([headers.s3, headers.d3], [0x0a000001, 0x0a000005]);
  assert.is(headers.sourceMacHigh, 0x0200);
  assert.is(headers.sourceMacLow, clientMac[5]);
});

test("options, VLAN tags and padding are stepped over", () => {
  assert.is(read(ethernet(0x0800, ipv4(tcp(80), { protocol: 6, options: [1, 1, 1, 0] }), [7])), undefined);
  assert.equal([headers.transportAt, headers.destinationPort], [14 + 4 + 24, 80]);
  const padded = Uint8Array.from([...ethernet(0x0800, ipv4(udp(1))), ...new Array<number>(20).fill(9)]);
  assert.is(read(padded), undefined);
  assert.is(headers.end, padded.length - 20);
});

test("IPv6 extension headers are walked to the transport", () => {
  const hopByHop = [60, 0, 0, 0, 0, 0, 0, 0];
  const destination = [17, 1, ...new Array<number>(14).fill(0)];
  const payload = Uint8Array.from([...hopByHop, ...destination, ...udp(53)]);
  assert.is(read(ethernet(0x86dd, ipv6(0, payload, host6))), undefined);
  assert.equal([headers.family, headers.protocol, headers.destinationPort], [6, 17, 53]);
  assert.equal([headers.d0, headers.d3], [0xfd000000 | 0, 5]);
});

test("a fragment has no transport, and a whole packet in a fragment header has", () => {
  assert.is(read(ethernet(0x0800, ipv4(udp(1), { fragment: 0x2000 }))), undefined);
  assert.equal([headers.fragment, headers.transportAt, headers.destinationPort], [true, -1, -1]);
  read(ethernet(0x0800, ipv4(udp(1), { fragment: 0x00b9 })));
  assert.is(headers.fragment, true);
  const fragment = (offset: number) =>
    Uint8Array.from([17, 0, offset >> 8, offset & 255, 0, 0, 0, 1, ...udp(53)]);
  assert.is(read(ethernet(0x86dd, ipv6(44, fragment(0), host6))), undefined);
  assert.equal([headers.fragment, headers.destinationPort], [false, 53]);
  assert.is(read(ethernet(0x86dd, ipv6(44, fragment(1), host6))), undefined);
  assert.equal([headers.fragment, headers.transportAt], [true, -1]);
});

const set = (frame: Uint8Array, at: number, ...values: number[]) => {
  frame.set(values, at);
  return frame;
};
const malformed: [string, Uint8Array][] = [
  ["ethernet-short", new Uint8Array(13)],
  ["vlan-depth", ethernet(0x0800, ipv4(udp(1)), [1, 2, 3])],
  ["ethernet-short", ethernet(0x8100, new Uint8Array(2)).subarray(0, 15)],
  ["ipv4-short", ethernet(0x0800, new Uint8Array(19).fill(0x45))],
  ["ipv4-version", set(ethernet(0x0800, ipv4(udp(1))), 14, 0x65)],
  ["ipv4-header-length", set(ethernet(0x0800, ipv4(udp(1))), 14, 0x44)],
  ["ipv4-header-length", set(ethernet(0x0800, ipv4(new Uint8Array(0))), 14, 0x4f)],
  ["ipv4-total-length", set(ethernet(0x0800, ipv4(udp(1))), 16, 0x10, 0)],
  ["ipv4-total-length", set(ethernet(0x0800, ipv4(udp(1))), 16, 0, 19)],
  ["ipv4-checksum", set(ethernet(0x0800, ipv4(udp(1))), 22, 63)],
  ["ipv4-source", ethernet(0x0800, ipv4(udp(1), { source: [224, 0, 0, 1] }))],
  ["ipv4-source", ethernet(0x0800, ipv4(udp(1), { source: [255, 255, 255, 255] }))],
  ["ipv4-source", ethernet(0x0800, ipv4(udp(1), { source: [127, 0, 0, 1] }))],
  ["udp-short", ethernet(0x0800, ipv4(new Uint8Array(7)))],
  ["udp-length", ethernet(0x0800, ipv4(udp(1, new Uint8Array(4), 7)))],
  ["udp-length", ethernet(0x0800, ipv4(udp(1, new Uint8Array(4), 13)))],
  ["tcp-short", ethernet(0x0800, ipv4(new Uint8Array(19), { protocol: 6 }))],
  ["tcp-data-offset", ethernet(0x0800, ipv4(tcp(1, 4), { protocol: 6 }))],
  ["tcp-data-offset", ethernet(0x0800, ipv4(tcp(1, 6), { protocol: 6 }))],
  ["icmp-short", ethernet(0x0800, ipv4(new Uint8Array(7), { protocol: 1 }))],
  ["igmp-short", ethernet(0x0800, ipv4(new Uint8Array(7), { protocol: 2 }))],
  ["ipv6-short", ethernet(0x86dd, new Uint8Array(39).fill(0x60))],
  ["ipv6-version", set(ethernet(0x86dd, ipv6(17, udp(1), host6)), 14, 0x40)],
  ["ipv6-payload-length", set(ethernet(0x86dd, ipv6(17, udp(1), host6)), 18, 0x10)],
  ["ipv6-source", ethernet(0x86dd, ipv6(17, udp(1), host6, [0xff, 2, ...new Array<number>(14).fill(1)]))],
  ["ipv6-extension", ethernet(0x86dd, ipv6(0, Uint8Array.of(17, 1, 0, 0, 0, 0, 0, 0), host6))],
  ["ipv6-extension", ethernet(0x86dd, ipv6(0, new Uint8Array(9 * 8), host6))],
  ["icmp-short", ethernet(0x86dd, ipv6(58, new Uint8Array(3), host6))],
];

for (const [index, [reason, frame]] of malformed.entries()) {
  test(`malformed frame ${index} is refused: ${reason}`, () => assert.is(read(frame), reason));
}

test("whatever arrives, what is read stays within the frame", () => {
  const start = fc.constantFrom(
    ethernet(0x0800, ipv4(udp(53))),
    ethernet(0x0800, ipv4(tcp(80), { protocol: 6 })),
    ethernet(0x86dd, ipv6(0, Uint8Array.from([17, 0, 0, 0, 0, 0, 0, 0, ...udp(53)]), host6)),
    new Uint8Array(64),
  );
  const changes = fc.array(fc.tuple(fc.nat(79), fc.nat(255)), { maxLength: 8 });
  fc.assert(
    fc.property(start, changes, fc.nat(90), (frame, edits, cut) => {
      const bytes = Uint8Array.from(frame.subarray(0, Math.min(cut, frame.length)));
      for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
      // What lies behind the frame must make no difference.
      const [short, long] = [new Headers(), new Headers()];
      const behind = Uint8Array.from([...bytes, ...new Array<number>(64).fill(0x11)]);
      const result = short.read(bytes, 0, bytes.length);
      assert.is(long.read(behind, 0, bytes.length), result);
      if (result !== undefined) return;
      assert.equal({ ...long }, { ...short });
      assert.ok(short.end <= bytes.length);
      assert.ok(short.transportAt < bytes.length);
    }),
    { numRuns: 2_000 },
  );
});

test.run();
