import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Datagram } from "../../../../daemon/layer45/udp/datagram.ts";
import { onesComplementSum } from "../../../../daemon/linux/mod.ts";
import { addressText } from "../../../../schemas/mod.ts";

const payload = Buffer.from("what the application said");

interface Parts {
  /** Of IPv4: options; of IPv6: extension headers, the first of the kind `next`. */
  extra?: Uint8Array;
  next?: number;
  protocol?: number;
  fragment?: number;
  udpLength?: number;
  checksum?: number;
}

function udp({ udpLength = 8 + payload.length, checksum = 0x1234 }: Parts): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(40_000, 0);
  header.writeUInt16BE(53, 2);
  header.writeUInt16BE(udpLength, 4);
  header.writeUInt16BE(checksum, 6);
  return Buffer.concat([header, payload]);
}

function ipv4(parts: Parts = {}): Buffer {
  const { extra = new Uint8Array(0), protocol = 17, fragment = 0x4000 } = parts;
  const header = Buffer.alloc(20);
  header[0] = 0x45 + extra.length / 4;
  header.writeUInt16BE(0x77, 4);
  header.writeUInt16BE(fragment, 6);
  header[8] = 64;
  header[9] = protocol;
  header.set([10, 0, 0, 1, 10, 0, 0, 3], 12);
  const packet = Buffer.concat([header, extra, udp(parts)]);
  packet.writeUInt16BE(packet.length, 2);
  return packet;
}

function ipv6(parts: Parts = {}): Buffer {
  const { extra = new Uint8Array(0), next = 17 } = parts;
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header[6] = next;
  header[7] = 64;
  header.set([0xfd, 0], 8);
  header[23] = 1;
  header.set([0xfd, 0], 24);
  header[39] = 3;
  const packet = Buffer.concat([header, extra, udp(parts)]);
  packet.writeUInt16BE(packet.length - 40, 4);
  return packet;
}

/** A header of eight bytes in front of UDP, or of another header. */
const extension = (next = 17, second = 0, third = 0) =>
  Uint8Array.of(next, second, third >> 8, third, 0, 0, 0, 0);

for (const [what, packet] of [
  ["IPv4", ipv4()],
  ["IPv4 with options", ipv4({ extra: new Uint8Array(8) })],
  ["IPv6", ipv6()],
  ["IPv6 with hop-by-hop options", ipv6({ next: 0, extra: extension() })],
  ["IPv6 with two kinds of options", ipv6({ next: 0, extra: Buffer.concat([extension(60), extension()]) })],
  ["IPv6 in a fragment that is all of it", ipv6({ next: 44, extra: extension() })],
  ["bytes behind the datagram", Buffer.concat([ipv4(), Buffer.from("padding")])],
] as const) {
  test(`a datagram of ${what} is read, and written with another payload`, () => {
    const datagram = new Datagram();
    const memory = Buffer.concat([Buffer.from("before"), packet]);
    assert.ok(datagram.read(memory, 6, packet.length));
    const { payloadAt, payloadLength } = datagram;
    assert.equal(memory.subarray(payloadAt, payloadAt + payloadLength), payload);
    const { local, remote } = datagram.ends("out");
    assert.is(
      `${addressText(local.address)} ${local.port}`,
      datagram.version === 4 ? "10.0.0.1 40000" : "fd00::1 40000",
    );
    assert.is(
      `${addressText(remote.address)} ${remote.port}`,
      datagram.version === 4 ? "10.0.0.3 53" : "fd00::3 53",
    );
    assert.equal(datagram.ends("in"), { local: remote, remote: local });
    const other = Buffer.from("something else, which is longer than it was");
    const length = datagram.lengthWith(other.length) as number;
    const target = Buffer.alloc(10 + length);
    target.set(other, 10 + (payloadAt - 6));
    datagram.writeHeaders(target, 10, other.length);
    const written = new Datagram();
    assert.ok(written.read(target, 10, length));
    assert.equal(target.subarray(written.payloadAt, written.payloadAt + written.payloadLength), other);
    assert.equal(written.ends("out"), { local, remote });
    assertChecksums(target, written);
  });
}

/** The sum over what a checksum covers, itself included, is all ones (RFC 1071). */
function assertChecksums(
  bytes: Uint8Array,
  { version, packetAt, udpAt, payloadAt, payloadLength }: Datagram,
): void {
  if (version === 4) assert.is(onesComplementSum(bytes, packetAt, udpAt), 0xffff);
  const [addresses, length] = version === 4 ? [packetAt + 12, 8] : [packetAt + 8, 32];
  const pseudo = onesComplementSum(bytes, addresses, addresses + length, 17 + 8 + payloadLength);
  assert.is(onesComplementSum(bytes, udpAt, payloadAt + payloadLength, pseudo), 0xffff);
}

test("a datagram of IPv4 without a checksum stays without", () => {
  const packet = ipv4({ checksum: 0 });
  const datagram = new Datagram();
  datagram.read(packet, 0, packet.length);
  const target = Buffer.alloc(60);
  datagram.writeHeaders(target, 0, 10);
  assert.is(target.readUInt16BE(26), 0);
});

for (const [what, packet] of [
  ["nothing", Buffer.alloc(0)],
  ["a header of IPv4 alone", ipv4().subarray(0, 20)],
  ["TCP", ipv4({ protocol: 6 })],
  ["a first fragment", ipv4({ fragment: 0x2000 })],
  ["a later fragment", ipv4({ fragment: 0x0010 })],
  ["a UDP length of less than its header", ipv4({ udpLength: 7 })],
  ["a UDP length of 0", ipv6({ udpLength: 0 })],
  ["a UDP length beyond the packet", ipv4({ udpLength: 9 + payload.length })],
  ["a part of a datagram of IPv6", ipv6({ next: 44, extra: extension(17, 0, 1) })],
  ["IPv6 with a routing header", ipv6({ next: 43, extra: extension() })],
  [
    "a chain of options without an end",
    ipv6({ next: 60, extra: Buffer.concat(Array(9).fill(extension(60))) }),
  ],
  ["an option longer than the packet", ipv6({ next: 60, extra: extension(17, 255) })],
  ["another version", Buffer.from(ipv4().fill(0x55, 0, 1))],
] as const) {
  test(`${what} is left alone`, () => {
    assert.not(new Datagram().read(packet, 0, packet.length));
  });
}

test("a datagram of which the kernel has more than it shows is read, and says so", () => {
  const packet = ipv4();
  const datagram = new Datagram();
  assert.ok(datagram.read(packet, 0, packet.length, packet.length - 4));
  assert.ok(datagram.isCut);
});

test("no bytes make it read outside the packet, or answer ends that are not there", () => {
  const start = fc.constantFrom(ipv4(), ipv6(), ipv6({ next: 0, extra: extension() }));
  const changes = fc.array(fc.tuple(fc.nat(75), fc.nat(255)), { maxLength: 6 });
  fc.assert(
    fc.property(start, changes, fc.nat(80), (packet, all, cut) => {
      const bytes = Buffer.from(packet);
      for (const [at, value] of all) if (at < bytes.length) bytes[at] = value;
      const length = Math.max(0, bytes.length - cut);
      const datagram = new Datagram();
      if (!datagram.read(bytes, 0, length)) return;
      assert.ok(datagram.udpAt + 8 === datagram.payloadAt);
      assert.ok(datagram.payloadAt + datagram.payloadLength <= length);
      datagram.writeHeaders(Buffer.alloc(70_000), 0, 3);
    }),
    { numRuns: 2_000 },
  );
});

test("datagrams between other ends, and no others, have other keys", () => {
  const keyOf = (packet: Buffer): string => {
    const datagram = new Datagram();
    assert.ok(datagram.read(packet, 0, packet.length));
    return datagram.key;
  };
  const others = [12, 15, 19, 20, 21, 22, 23].map((at) => {
    const packet = ipv4();
    packet[at] = (packet[at] as number) ^ 1;
    return keyOf(packet);
  });
  assert.is(new Set([keyOf(ipv4()), ...others, keyOf(ipv6())]).size, 9);
  assert.is(keyOf(ipv4({ extra: new Uint8Array(4), checksum: 7, fragment: 0 })), keyOf(ipv4()));
});

test.run();
